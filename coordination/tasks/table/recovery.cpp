// SPDX-License-Identifier: Apache-2.0
// From stored records back to a table: after a start, after a change of leader, after a failed commit.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "coordination/tasks/content_hash.hpp"
#include "coordination/tasks/table/table_core.hpp"

namespace dunlin {

namespace {

void copy_status(table_core& table, task_row& row, task_status&& status) {
  row.attempt = status.attempt;
  row.epoch = status.epoch;
  row.counter = term_of(status.epoch) == table.term ? static_cast<std::uint32_t>(status.epoch) : 0;
  if (!status.owner.empty()) row.owner = table.owners.intern(std::move(status.owner), status.owner_incarnation);
  row.not_before = status.not_before;
  row.fail_count = status.fail_count;
  row.crash_count = status.crash_count;
  row.cancel_requested = status.cancel_requested;
  row.started = status.started;
  row.finished = status.finished;
  row.code = status.code;
}

void keep_extras(task_row& row, task_record& stored) {
  if (!stored.status.why.empty()) row.more().why = std::move(stored.status.why);
  if (stored.progress != task_progress{}) row.more().progress = std::move(stored.progress);
  if (stored.status.usage != task_usage{}) row.more().usage = stored.status.usage;
  if (!stored.checkpoint.empty()) row.more().checkpoint = std::move(stored.checkpoint);
}

/// Waits for what is left of a backoff, by the wall clock that outlived the process, within what the policy allows.
void resume_backoff(table_core& table, std::uint32_t index, instant at) {
  const auto& row = table.rows[index];
  const auto longest = longest_backoff(table.shapes.at(row.shape).retry);
  const auto cap = std::chrono::ceil<milliseconds>(longest).count();
  const auto left = std::clamp<wall_ms>(row.not_before - at.wall, 0, cap);
  table.clocks.start(index, row_clock::wake, at.now + milliseconds{left});
}

void remember_end(table_core& table, std::uint32_t index, instant at) {
  const auto whole = std::chrono::floor<milliseconds>(table.config.terminal_memory).count();
  const auto left = std::clamp<wall_ms>(table.rows[index].finished + whole - at.wall, 0, whole);
  table.clocks.start(index, row_clock::ended, at.now + milliseconds{left});
}

/// Starts the clocks of a row that was just taken from the store. Pending rows wait for their dependencies first.
void settle(table_core& table, std::uint32_t index, instant at, duration patience) {
  auto& row = table.rows[index];
  if (is_terminal(row.state)) return remember_end(table, index, at);
  table.arm_deadline(index, at);
  if (row.state == task_state::backoff) resume_backoff(table, index, at);
  if (!row.granted()) return;
  table.start_lease(index, at);
  row.awaits_adoption = true;
  table.clocks.start(index, row_clock::lease, at.now + patience);
}

void link(table_core& table, std::uint32_t index, instant at) {
  if (table.link_dependencies(index, false) != no_row) table.doom(index, at);
}

using task_ids = std::unordered_set<task_id>;

bool depends_on_any(const task_row& row, const task_ids& ids) {
  return std::ranges::any_of(row.extras->dependencies, [&](const task_id& id) { return ids.contains(id); });
}

/// Edges to touched tasks went with their rows; those to others stand and are only counted again.
void link_again(table_core& table, std::uint32_t index, const task_ids& touched, instant at) {
  auto& row = table.rows[index];
  const bool was_ready = row.ready();
  row.waits_for = 0;
  bool doomed = false;
  for (const auto& id : row.extras->dependencies) {
    const auto dependency = table.find(id);
    if (dependency == no_row || table.rows[dependency].state == task_state::succeeded) continue;
    const bool ended = is_terminal(table.rows[dependency].state);
    doomed |= ended;
    if (ended || !touched.contains(id))
      ++row.waits_for;
    else
      table.graph.link(index, dependency);
  }
  if (doomed) table.doom(index, at);
  if (row.waits_for > 0) table.clocks.stop(index);
  if (!was_ready && row.clock == row_clock::none) table.settle_pending(index, at);
}

/// Links what came back from the store, and what depends on something that was touched.
void relink(table_core& table, const task_ids& touched, instant at) {
  for (const auto index : std::exchange(table.restored, {})) {
    if (table.rows[index].state != task_state::pending) continue;
    link(table, index, at);
    table.settle_pending(index, at);
  }
  std::vector<std::uint32_t> hanging;
  table.dependents.for_each([&](std::uint32_t index) {
    const auto& row = table.rows[index];
    if (row.state == task_state::pending && !touched.contains(row.id) && depends_on_any(row, touched))
      hanging.push_back(index);
  });
  for (const auto index : hanging) link_again(table, index, touched, at);
}

}  // namespace

result<void> task_table::restore(task_record&& stored, instant at) {
  auto& table = *core_;
  if (table.find(stored.id) != no_row)
    return fail(errc::conflict, "task " + to_string(stored.id) + " is known already");
  if (term_of(stored.status.epoch) > table.term)
    return fail(errc::stale_term, "task " + to_string(stored.id) + " was granted by a leader of term " +
                                      std::to_string(term_of(stored.status.epoch)) + ", this one has " +
                                      std::to_string(table.term));
  static_cast<void>(at);
  const auto index = table.add(stored.id);
  auto& row = table.rows[index];
  const auto state = stored.status.state;
  row.submitted = stored.submitted;
  if (!stored.spec.idempotency_key.empty()) table.set_key(index, stored.spec.idempotency_key, hash_of(stored.spec));
  if (!is_terminal(state)) {
    keep_extras(row, stored);
    table.describe(index, stored.spec, std::move(stored.dependencies));
  }
  copy_status(table, row, std::move(stored.status));
  table.set_state(row, state);
  table.restored.push_back(index);
  return {};
}

void task_table::finish_restore(instant at, transaction& commit) {
  auto& table = *core_;
  auto& rows = table.rows;
  std::ranges::sort(table.restored, {}, [&](std::uint32_t index) { return rows[index].finished; });
  for (const auto index : table.restored) settle(table, index, at, table.config.adoption_window);
  // In the order of submission, so that equals are placed in it.
  std::ranges::sort(table.restored, {}, [&](std::uint32_t index) { return rows[index].id; });
  for (const auto index : std::exchange(table.restored, {})) {
    if (rows[index].state != task_state::pending) continue;
    link(table, index, at);
    table.settle_pending(index, at);
  }
  table.fail_doomed(at, commit);
}

namespace {

/// What memory knew of a row and the store does not.
struct unstored {
  fencing_token epoch = 0;
  std::uint32_t counter = 0;
  std::uint8_t variant = 0;
};

unstored unstored_of(const task_row& row) noexcept { return {row.epoch, row.counter, row.variant}; }

void keep_unstored(table_core& table, task_row& row, const unstored& known) {
  row.counter = std::max(row.counter, known.counter);
  if (row.epoch == known.epoch) table.set_variant(row, known.variant);
}

}  // namespace

void task_table::on_commit_failed(std::span<const task_id> touched, std::vector<task_record>&& stored, instant at) {
  auto& table = *core_;
  std::unordered_map<task_id, unstored> before;
  for (const auto& id : touched) {
    const auto index = table.find(id);
    // Of a task that was erased since, nobody remembers the count: any later one will do.
    before.emplace(id, index == no_row ? unstored{0, table.highest_counter, 0} : unstored_of(table.rows[index]));
    if (index != no_row) table.remove(index);
  }
  for (auto& record : stored) {
    const auto id = record.id;
    if (!restore(std::move(record), at)) continue;
    const auto index = table.restored.back();
    if (const auto known = before.find(id); known != before.end())
      keep_unstored(table, table.rows[index], known->second);
    settle(table, index, at, table.config.lease + table.config.grace);
  }
  relink(table, {touched.begin(), touched.end()}, at);
}

}  // namespace dunlin
