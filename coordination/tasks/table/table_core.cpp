// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/table/table_core.hpp"

#include <algorithm>
#include <utility>

#include "coordination/tasks/content_hash.hpp"

namespace dunlin {

namespace {

/// A clock never runs longer than this before it looks again: the year 9999 would overflow a time line of nanoseconds.
constexpr wall_ms furthest = 365LL * 24 * 60 * 60 * 1'000;

}  // namespace

std::uint32_t table_core::find(const task_id& id) const {
  return by_id.find(hash_of(id), [&](std::uint32_t index) { return rows[index].id == id; });
}

std::uint32_t table_core::find_key(std::string_view key) const {
  return by_key.find(hash_of(key), [&](std::uint32_t index) { return rows[index].extras->key == key; });
}

task_row* table_core::held_row(std::uint32_t owner, const task_epoch& task) {
  const auto index = find(task.id);
  if (index == no_row) return nullptr;
  auto& row = rows[index];
  return row.granted() && row.epoch == task.epoch && row.owner == owner ? &row : nullptr;
}

std::string table_core::name_of(std::uint32_t index) const {
  const auto& row = rows[index];
  return row.extras && !row.extras->name.empty() ? row.extras->name : to_string(row.id);
}

std::uint32_t table_core::add(const task_id& id) {
  const auto index = rows.take();
  rows[index].id = id;
  by_id.insert(hash_of(id), index);
  ++counts.by_state[static_cast<std::size_t>(task_state::pending)];
  ++counts.live;
  return index;
}

void table_core::describe(std::uint32_t index, const task_spec& spec, std::vector<task_id> dependencies) {
  auto& row = rows[index];
  row.shape = shapes.intern(spec.shape);
  row.priority = spec.priority;
  row.not_before = spec.not_before;
  row.deadline = spec.deadline;
  set_payload(row, spec.payload);
  if (!spec.name.empty()) row.more().name = spec.name;
  if (!spec.locks.empty()) row.more().locks = spec.locks;
  if (!spec.priority_boosts.empty()) row.more().boosts = spec.priority_boosts;
  if (dependencies.empty()) return;
  row.more().dependencies = std::move(dependencies);
  dependents.insert(index);
}

void table_core::remove(std::uint32_t index) {
  auto& row = rows[index];
  clocks.stop(index);
  clocks.stop_deadline(index);
  by_id.erase(hash_of(row.id), index);
  if (row.extras && !row.extras->key.empty()) by_key.erase(hash_of(row.extras->key), index);
  if (row.granted()) count_grant(row, false);
  if (!is_terminal(row.state)) shapes.release(row.shape);
  dependents.erase(index);
  set_payload(row, {});
  --counts.by_state[static_cast<std::size_t>(row.state)];
  --(is_terminal(row.state) ? counts.terminal : counts.live);
  rows.give(index);
}

void table_core::set_state(task_row& row, task_state state) {
  --counts.by_state[static_cast<std::size_t>(row.state)];
  --(is_terminal(row.state) ? counts.terminal : counts.live);
  if (row.granted()) count_grant(row, false);
  row.state = state;
  if (row.granted()) count_grant(row, true);
  ++counts.by_state[static_cast<std::size_t>(state)];
  ++(is_terminal(state) ? counts.terminal : counts.live);
}

void table_core::set_owner(task_row& row, std::uint32_t owner) {
  count_grant(row, false);
  row.owner = owner;
  count_grant(row, true);
}

void table_core::set_variant(task_row& row, std::uint8_t variant) {
  if (row.granted()) count_grant(row, false);
  row.variant = variant;
  if (row.granted()) count_grant(row, true);
}

/// What a task has reserved is in use once it runs.
void table_core::count_grant(const task_row& row, bool given) {
  auto& owner = owners[row.owner];
  given ? ++owner.granted : --owner.granted;
  const auto& shape = shapes.at(row.shape);
  if (row.state == task_state::leased && !shape.reserved.empty()) return;
  const auto& wish = wish_of(shape, row.variant);
  given ? owner.in_use.add(wish) : owner.in_use.remove(wish);
}

void table_core::set_payload(task_row& row, bytes_view raw) {
  payload_bytes -= row.payload.size();
  row.payload = payload_block{raw};
  payload_bytes += row.payload.size();
}

void table_core::set_key(std::uint32_t index, std::string_view key, std::uint64_t content) {
  auto& extras = rows[index].more();
  extras.key = key;
  extras.key_content = content;
  by_key.insert(hash_of(key), index);
}

task_status table_core::status_of(const task_row& row) const {
  task_status status;
  fill(status, row);
  return status;
}

void table_core::fill(task_status& status, const task_row& row) const {
  status.state = row.state;
  status.reason = row.state == task_state::pending ? row.reason : pending_reason::none;
  status.attempt = row.attempt;
  status.epoch = row.epoch;
  status.owner = owners[row.owner].node;
  status.owner_incarnation = owners[row.owner].life;
  status.not_before = row.not_before;
  status.fail_count = row.fail_count;
  status.crash_count = row.crash_count;
  status.cancel_requested = row.cancel_requested;
  status.started = row.started;
  status.finished = row.finished;
  status.code = row.code;
  if (row.extras) {
    status.why = row.extras->why;
    status.usage = row.extras->usage;
  }
}

task_status& table_core::write(const task_row& row, transition what, instant at, transaction& commit) const {
  commit.leader_term = term;
  auto& added = std::get<update_task>(commit.writes.emplace_back(std::in_place_type<update_task>));
  added.id = row.id;
  added.what = what;
  added.at = at.wall;
  fill(added.status, row);
  return added.status;
}

void table_core::arm_deadline(std::uint32_t index, instant at) {
  auto& row = rows[index];
  if (row.deadline == 0 || is_terminal(row.state)) return;
  const auto left = std::clamp<wall_ms>(row.deadline - at.wall, 0, furthest);
  clocks.start_deadline(index, at.now + milliseconds{left});
}

void table_core::start_lease(std::uint32_t index, instant at) {
  rows[index].awaits_adoption = false;
  clocks.start(index, row_clock::lease, at.now + config.lease + config.grace);
}

void table_core::settle_pending(std::uint32_t index, instant at) {
  auto& row = rows[index];
  if (row.waits_for > 0) {
    row.reason = pending_reason::dependencies;
    return;
  }
  if (row.not_before > at.wall) {
    row.reason = pending_reason::not_before;
    clocks.start(index, row_clock::wake, at.now + milliseconds{std::min(row.not_before - at.wall, furthest)});
    return;
  }
  row.reason = pending_reason::none;
  const bool locked = row.extras && !row.extras->locks.empty();
  ready.push_back({rows.slot_of(index), row.shape, priority_of(row, at.wall), at.now, locked});
}

}  // namespace dunlin
