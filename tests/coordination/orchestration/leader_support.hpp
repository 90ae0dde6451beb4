// SPDX-License-Identifier: Apache-2.0
// A leader with its clocks and its store, and everything it said: a test tells what nodes and clients do.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coordination/orchestration/orchestration.hpp"
#include "tests/coordination/tasks/task_words.hpp"

namespace dunlin {

/// A node's report in few words: `node("a").slots(2, 1).serves("work")`. Without more: one slot, kind `work`.
class node {
 public:
  explicit node(const std::string& name, std::uint64_t life = 0) {
    report_.node = name;
    report_.life = {life != 0 ? life : std::hash<std::string>{}(name) | 1};
    report_.max_concurrent = 1;
    report_.max_queued = 0;
    serves("work");
  }
  node& slots(std::uint32_t running, std::uint32_t queued = 0) {
    report_.max_concurrent = running;
    report_.max_queued = queued;
    return *this;
  }
  node& serves(std::string kind, std::vector<std::string> capabilities = {}) {
    report_.agents.push_back({std::move(kind), std::move(capabilities), isolation_mode::thread, 1, "1"});
    return *this;
  }
  node& only(std::string kind, std::vector<std::string> capabilities = {}) {
    report_.agents.clear();
    return serves(std::move(kind), std::move(capabilities));
  }
  node& device(const std::string& kind, std::uint32_t units, std::uint64_t memory) {
    const device_id id{report_.devices.size()};
    report_.devices.push_back({id, kind, kind + " device", units, memory, "hard"});
    return *this;
  }
  node& quarantine(std::size_t device, std::string why) {
    report_.devices.at(device).quarantine = std::move(why);
    return *this;
  }
  node& holds(std::vector<task_epoch> tasks) {
    report_.held = std::move(tasks);
    return *this;
  }
  node& draining() {
    report_.draining = true;
    return *this;
  }
  [[nodiscard]] incarnation life() const noexcept { return report_.life; }
  operator node_report() const { return report_; }  // a test hands the words over as the report they stand for

 private:
  node_report report_;
};

class leader_story {
 public:
  explicit leader_story(const orchestration_config& config = {}) : leader(orchestration::make(config, 1, 7).value()) {}

  /// One call of the leader, as its shell does it: call, flush, commit, act.
  template <class Call>
  void step(Call call) {
    call(*leader, out);
    leader->flush(at, out);
    settle();
  }

  // -- nodes

  incarnation join(node_report report) {
    const auto life = report.life;
    step([&](auto& me, auto& to) { me.on_report(std::move(report), at, to); });
    return life;
  }
  void beat(incarnation life, heartbeat said = {}) {
    if (said.sequence == 0) said.sequence = ++beats_;
    step([&](auto& me, auto& to) { me.on_heartbeat(life, said, at, to); });
  }
  void start(incarnation life, const task_grant& grant) {
    step([&](auto& me, auto& to) { me.on_starts(life, start_batch{{{grant.id, grant.epoch}}}, at, to); });
  }
  /// As above, of one that had a choice of what runs it.
  void start_on(incarnation life, const task_grant& grant, const std::string& backend, std::uint8_t variant) {
    const task_epoch task{grant.id, grant.epoch};
    const start_batch said{{task}, {{task, variant, {backend, "done first"}}}};
    step([&](auto& me, auto& to) { me.on_starts(life, said, at, to); });
  }
  static task_outcome outcome_of(const task_grant& grant, errc code = errc::none) {
    task_outcome outcome;
    outcome.id = grant.id;
    outcome.epoch = grant.epoch;
    outcome.code = code;
    return outcome;
  }
  void end(incarnation life, std::uint64_t sequence, std::vector<task_outcome> outcomes) {
    step([&](auto& me, auto& to) { me.on_outcomes(life, {sequence, std::move(outcomes)}, at, to); });
  }
  void end(incarnation life, const task_grant& grant, errc code = errc::none) {
    end(life, ++sequences_[life.value], {outcome_of(grant, code)});
  }
  void disconnect(incarnation life, bool reaped = false) {
    step([&](auto& me, auto& to) { me.on_disconnected(life, reaped, "the link broke", at, to); });
  }

  // -- clients

  result<std::vector<submit_answer>> submit(std::vector<task_spec> batch, std::uint64_t listener = 0) {
    answer_.reset();
    step([&](auto& me, auto& to) { me.on_submit({1}, std::move(batch), listener, at, to); });
    return answer_.value_or(fail(errc::internal, "not answered"));
  }
  std::vector<task_id> add_all(std::vector<task_spec> batch, std::uint64_t listener = 0) {
    const auto answer = submit(std::move(batch), listener);
    EXPECT_TRUE(answer) << to_string(answer.error());
    std::vector<task_id> ids;
    for (const auto& each : answer.value_or(std::vector<submit_answer>{})) ids.push_back(each.id);
    return ids;
  }
  task_id add(task_spec spec = work()) { return add_all({std::move(spec)}).at(0); }

  // -- time

  /// Time passes in ticks of 250 ms; the named nodes send heartbeats and renew what they hold.
  void pass(duration time, const std::vector<incarnation>& alive = {}) {
    for (const auto until = at.now + time; at.now < until;) {
      const auto one = std::min<duration>(250ms, until - at.now);
      at.now += one;
      at.wall += std::chrono::duration_cast<milliseconds>(one).count();
      for (const auto life : alive) beat(life);
      step([&](auto& me, auto& to) { me.on_tick(at, to); });
    }
  }

  // -- what was said

  /// Returns the grants that this node was sent since the last call.
  std::vector<task_grant> grants(incarnation life) {
    std::vector<task_grant> all;
    for (auto& batch : heard<grant_batch>(life))
      for (auto& grant : batch.grants) all.push_back(std::move(grant));
    return all;
  }
  task_grant only_grant(incarnation life) {
    const auto all = grants(life);
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? task_grant{} : all.front();
  }
  std::vector<task_id> granted_ids(incarnation life) {
    std::vector<task_id> ids;
    for (const auto& grant : grants(life)) ids.push_back(grant.id);
    return ids;
  }

  /// Returns the messages of one type that this node was sent since the last call.
  template <class Message>
  std::vector<Message> heard(incarnation life) {
    std::vector<Message> found;
    std::erase_if(said, [&](const tell_node& one) {
      if (one.node != life || !std::holds_alternative<Message>(one.message)) return false;
      found.push_back(std::get<Message>(one.message));
      return true;
    });
    return found;
  }

  // -- the store

  void hold() { held_ = true; }
  void refuse() {
    held_ = false;
    const auto touched = touched_by(out.commit);
    const auto dropped = std::exchange(out.after_commit, {});
    out.clear();
    leader->on_commit_failed(dropped, touched, store.those_of(touched), at);
    step([](auto&, auto&) {});
  }

  // -- reading

  [[nodiscard]] task_state state(const task_id& id) const { return leader->tasks().find(id)->state; }
  [[nodiscard]] task_explanation explain(const task_id& id) const { return leader->explain(id); }
  [[nodiscard]] std::string node_state(std::string_view name) const {
    for (const auto& view : leader->nodes())
      if (view.name == name) return view.state;
    return "unknown";
  }
  [[nodiscard]] double metric_of(std::string_view name, std::string_view label = {}) const {
    for (const auto& each : leader->metrics().metrics)
      if (each.name == name && (label.empty() || each.labels.at(0).value == label)) return each.value;
    ADD_FAILURE() << "no metric " << name;
    return -1;
  }

  [[nodiscard]] bool has_metric(std::string_view name) const {
    const auto all = leader->metrics().metrics;
    return std::ranges::any_of(all, [=](const metric& each) { return each.name == name; });
  }

  std::unique_ptr<orchestration> leader;
  instant at{time_point{1'000s}, noon};
  leader_effects out;
  kept_tasks store;
  std::vector<tell_node> said;
  std::vector<cut_node> cuts;
  std::vector<peer_lost> lost;
  std::vector<std::string> log;
  std::vector<notify_ended> ended;
  std::vector<answer_task> task_answers;
  std::vector<answer_count> count_answers;

 private:
  void settle() {
    for (auto& action : std::exchange(out.now, {})) std::visit([this](auto& one) { note(one); }, action);
    if (held_) return;
    store.apply(out.commit);
    out.commit.writes.clear();
    for (auto& action : std::exchange(out.after_commit, {})) std::visit([this](auto& one) { note(one); }, action);
  }

  void note(tell_node& one) { said.push_back(std::move(one)); }
  void note(cut_node& one) { cuts.push_back(std::move(one)); }
  void note(peer_lost& one) { lost.push_back(std::move(one)); }
  void note(log_event& one) { log.push_back(std::move(one.text)); }
  void note(notify_ended& one) { ended.push_back(std::move(one)); }
  void note(answer_submit& one) { answer_ = std::move(one.answer); }
  void note(answer_task& one) { task_answers.push_back(std::move(one)); }
  void note(answer_count& one) { count_answers.push_back(std::move(one)); }

  bool held_ = false;
  std::uint64_t beats_ = 0;
  std::map<std::uint64_t, std::uint64_t> sequences_;
  std::optional<result<std::vector<submit_answer>>> answer_;
};

}  // namespace dunlin
