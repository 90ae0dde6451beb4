// SPDX-License-Identifier: Apache-2.0
// What tests of tasks share: a table with its clocks and its store, so that a test reads like the story of a task.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coordination/tasks/task_table.hpp"
#include "tests/coordination/tasks/task_words.hpp"

namespace dunlin {

/// A task table, its two clocks and its store. Every step is committed at once unless `hold` was called. At its end,
/// and wherever a test asks for it, what was written must say what the table says.
class table_story {
 public:
  explicit table_story(task_table_config config = {}, std::uint32_t term = 7) : table(config, term * 31, term) {
    a = table.intern_owner("a", incarnation{1});
    b = table.intern_owner("b", incarnation{2});
  }
  ~table_story() {
    if (!held_) expect_consistent();
  }
  table_story(const table_story&) = delete;
  table_story& operator=(const table_story&) = delete;

  // -- clients

  result<std::vector<submit_answer>> submit(std::vector<task_spec> batch) {
    auto answer = table.on_submit(std::move(batch), at, open);
    commit();
    return answer;
  }
  std::vector<task_id> add_all(std::vector<task_spec> batch) {
    const auto answer = submit(std::move(batch));
    std::vector<task_id> ids;
    if (!answer) {
      ADD_FAILURE() << to_string(answer.error());
      return ids;
    }
    for (const auto& each : *answer) ids.push_back(each.id);
    return ids;
  }
  task_id add(task_spec spec = work()) { return add_all({std::move(spec)}).at(0); }

  result<cancel_result> cancel(const task_id& id) {
    auto answer = table.on_cancel(id, at, open);
    commit();
    return answer;
  }
  result<void> requeue(const task_id& id) { return requeue(task_record{store.at(id)}); }
  result<void> requeue(task_record&& stored) {
    auto answer = table.on_requeue(std::move(stored), at, open);
    commit();
    return answer;
  }
  result<void> erase(const task_id& id) {
    auto answer = table.on_erase(id, open);
    commit();
    return answer;
  }

  // -- nodes: `a` and `b` are there from the start

  result<task_grant> try_grant(const task_id& id, owner_slot owner) {
    auto grant = table.on_grant(table.slot_of(id).value_or(task_slot{~0U, 0}), owner, at, open);
    commit();
    return grant;
  }
  task_epoch grant(const task_id& id, owner_slot owner) {
    const auto granted = try_grant(id, owner);
    EXPECT_TRUE(granted) << to_string(granted.error());
    return granted ? task_epoch{granted->id, granted->epoch} : task_epoch{};
  }
  task_epoch grant(const task_id& id) { return grant(id, a); }
  void start(const task_epoch& task, owner_slot owner) {
    table.on_start(owner, task, at, open);
    commit();
  }
  void start(const task_epoch& task) { start(task, a); }
  task_epoch run(const task_id& id) {
    const auto task = grant(id);
    start(task);
    return task;
  }

  outcome_verdict end(task_outcome outcome) {
    const auto verdict = table.on_outcome(a, std::move(outcome), at, open);
    commit();
    return verdict;
  }
  static task_outcome outcome_of(const task_epoch& task, errc code = errc::none) {
    task_outcome out;
    out.id = task.id;
    out.epoch = task.epoch;
    out.code = code;
    if (code != errc::none) out.why = "it went wrong";
    return out;
  }
  outcome_verdict succeed(const task_epoch& task, std::string_view output = {}) {
    auto outcome = outcome_of(task);
    outcome.output = bytes_of(output);
    return end(std::move(outcome));
  }
  outcome_verdict fail(const task_epoch& task, errc code = errc::handler_failed) { return end(outcome_of(task, code)); }
  outcome_verdict crash(const task_epoch& task) {
    auto outcome = outcome_of(task, errc::crashed);
    outcome.crashed = true;
    return end(std::move(outcome));
  }
  void give_back(const task_epoch& task) {
    table.on_returned(a, task, at, open);
    commit();
  }
  void progress(const task_epoch& task, int percent) {
    table.on_progress(a, {task.id, task.epoch, {static_cast<std::uint8_t>(percent), "so far", 0, 0}}, at, open);
    commit();
  }
  void checkpoint(const task_epoch& task, std::string_view state) {
    table.on_checkpoint(a, {task.id, task.epoch, bytes_of(state)}, at, open);
    commit();
  }
  void lose_node(owner_slot owner, bool reaped = true) {
    table.on_owner_gone(owner, reaped, at, open);
    commit();
  }

  /// Returns what the owner must stop.
  std::vector<task_epoch> renew(const std::vector<task_epoch>& held, owner_slot owner) {
    std::vector<task_epoch> fenced;
    table.on_renew(owner, held, at, fenced);
    return fenced;
  }
  std::vector<task_epoch> adopt(const std::vector<task_epoch>& held, owner_slot owner) {
    std::vector<task_epoch> fenced;
    table.on_adopt(owner, held, at, fenced);
    return fenced;
  }

  // -- time

  /// Lets both clocks go on, and the table do what is due then. Returns what owners must stop.
  std::vector<stop_order> pass(duration time) {
    skip(time);
    std::vector<stop_order> stops;
    do table.on_tick(at, open, stops);
    while (table.next_deadline() && *table.next_deadline() <= at.now);
    commit();
    return stops;
  }

  /// Lets both clocks go on without a tick.
  void skip(duration time) {
    at.now += time;
    at.wall += std::chrono::duration_cast<milliseconds>(time).count();
  }

  // -- the store

  /// From now on steps gather in `open`, as if the store were slow.
  void hold() { held_ = true; }

  /// The store takes what was gathered.
  void release() {
    held_ = false;
    commit();
  }

  /// The store refuses what was gathered: the table goes back to what is stored.
  void refuse() {
    held_ = false;
    const auto ids = touched();
    open.writes.clear();
    std::vector<task_record> stored;
    for (const auto& id : ids)
      if (store.holds(id)) stored.push_back(store.at(id));
    table.on_commit_failed(ids, std::move(stored), at);
  }

  /// The tasks that `open` writes.
  [[nodiscard]] std::vector<task_id> touched() const {
    std::set<task_id> ids;
    for (const auto& write : open.writes) ids.insert(std::visit([](const auto& one) { return id_of(one); }, write));
    return {ids.begin(), ids.end()};
  }

  /// What the writes say, replayed in order, is what the table says.
  void expect_consistent() const {
    EXPECT_EQ(store.all().size(), table.counts().live + table.counts().terminal);
    for (const auto& [id, record] : store.all()) {
      const auto row = table.find(id);
      ASSERT_TRUE(row) << to_string(id) << " is stored but unknown";
      EXPECT_EQ(table.id_of(row->slot), id);
      expect_equal(*row, record);
    }
  }

  // -- reading

  [[nodiscard]] task_status_view view(const task_id& id) const { return table.find(id).value_or(task_status_view{}); }
  [[nodiscard]] task_state state(const task_id& id) const { return view(id).state; }
  [[nodiscard]] bool ready(const task_id& id) const {
    const auto slot = table.slot_of(id);
    return slot && table.is_ready(*slot);
  }

  /// Returns the tasks that became ready since the last call, in order.
  std::vector<task_id> newly_ready() {
    std::vector<task_id> out;
    for (const auto& each : table.newly_ready())
      if (table.is_ready(each.slot)) out.push_back(table.id_of(each.slot));
    table.clear_newly_ready();
    return out;
  }

  task_table table;
  instant at{time_point{1'000s}, noon};
  transaction open;
  kept_tasks store;
  owner_slot a = no_owner;
  owner_slot b = no_owner;

 private:
  static task_id id_of(const insert_task& write) { return write.record->id; }
  static task_id id_of(const auto& write) { return write.id; }

  void commit() {
    if (held_) return;
    EXPECT_TRUE(open.writes.empty() || open.leader_term == table.term());
    store.apply(open);
    open.writes.clear();
  }

  static void expect_equal(const task_status_view& row, const task_record& record) {
    const auto& kept = record.status;
    SCOPED_TRACE(to_string(row.id) + " " + std::string{to_string(row.state)});
    EXPECT_EQ(row.state, kept.state);
    EXPECT_EQ(row.attempt, kept.attempt);
    EXPECT_EQ(row.epoch, kept.epoch);
    EXPECT_EQ(row.fail_count, kept.fail_count);
    EXPECT_EQ(row.crash_count, kept.crash_count);
    EXPECT_EQ(row.cancel_requested, kept.cancel_requested);
    EXPECT_EQ(row.not_before, kept.not_before);
    EXPECT_EQ(row.started, kept.started);
    EXPECT_EQ(row.finished, kept.finished);
    EXPECT_EQ(row.code, kept.code);
    if (is_terminal(row.state)) return;  // the table keeps no more of an ended task
    EXPECT_EQ(row.why, kept.why);
    EXPECT_EQ(row.progress, record.progress);
  }

  bool held_ = false;
};

/// The states of several tasks: `pending failed`.
inline std::string states(const table_story& story, const std::vector<task_id>& ids) {
  std::string text;
  for (const auto& id : ids) text.append(text.empty() ? "" : " ").append(to_string(story.state(id)));
  return text;
}

}  // namespace dunlin
