// SPDX-License-Identifier: Apache-2.0
// What happens to tasks by time, by the loss of a node, and on request.
#include <utility>

#include "coordination/tasks/table/table_core.hpp"

namespace dunlin {

namespace {

/// One call does no more than this, so that a thousand lapsed leases do not hold up a heartbeat.
constexpr std::uint32_t max_steps = 4'096;

void lose_lapsed(table_core& table, std::uint32_t index, instant at, transaction& commit) {
  const auto& row = table.rows[index];
  auto why = "node '" + table.owners[row.owner].node + "' did not renew its lease";
  table.lose_lease(index, row.state == task_state::running, errc::lease_expired, std::move(why), at, commit);
}

/// T12. The monotonic clock has come; the wall clock, on which the user gave the deadline, has to agree.
void expire(table_core& table, std::uint32_t index, instant at, transaction& commit, std::vector<stop_order>& stop) {
  const auto& row = table.rows[index];
  if (row.deadline > at.wall) {
    table.arm_deadline(index, at);
    return;
  }
  if (row.granted()) stop.push_back({row.owner, {row.id, row.epoch}, errc::expired});
  table.end(index, {task_state::expired, transition::expire, errc::expired, "its deadline passed"}, at, commit);
}

/// T15: a backoff is over; or the time has come that the user gave.
void wake(table_core& table, std::uint32_t index, instant at, transaction& commit) {
  auto& row = table.rows[index];
  table.clocks.stop(index);
  const bool backoff = row.state == task_state::backoff;
  if (backoff) {
    row.not_before = 0;
    table.set_state(row, task_state::pending);
  }
  table.settle_pending(index, at);
  if (backoff) table.write(row, transition::resume, at, commit);
}

/// Does the step that is due first in the order of importance; false: none is.
bool step(table_core& table, instant at, transaction& commit, std::vector<stop_order>& stop) {
  if (const auto index = table.clocks.first_deadline_due(at.now); index != no_row)
    expire(table, index, at, commit, stop);
  else if (const auto lapsed = table.clocks.first_due(row_clock::lease, at.now); lapsed != no_row)
    lose_lapsed(table, lapsed, at, commit);
  else if (const auto waking = table.clocks.first_due(row_clock::wake, at.now); waking != no_row)
    wake(table, waking, at, commit);
  else if (table.clocks.first_due(row_clock::ended, at.now) != no_row)
    table.forget_oldest(commit);
  else
    return false;
  return true;
}

}  // namespace

void task_table::on_tick(instant at, transaction& commit, std::vector<stop_order>& stop) {
  core_->fail_doomed(at, commit);
  for (std::uint32_t steps = 0; steps < max_steps; ++steps)
    if (!step(*core_, at, commit, stop)) return;
}

std::optional<time_point> task_table::next_deadline() const {
  if (!core_->doomed.empty()) return core_->doomed_since;
  return core_->clocks.next();
}

void task_table::on_owner_gone(owner_slot owner, bool reaped, instant at, transaction& commit) {
  auto& table = *core_;
  table.owners[owner].gone = true;
  if (!reaped) return;
  std::vector<std::uint32_t> lost;
  for (auto index = table.clocks.first(row_clock::lease); index != no_row; index = table.rows[index].next)
    if (table.rows[index].owner == owner) lost.push_back(index);
  for (const auto index : lost)
    table.lose_lease(index, table.rows[index].state == task_state::running, errc::crashed,
                     "node '" + table.owners[owner].node + "' is gone", at, commit);
}

void task_table::on_owner_joined(owner_slot owner) {
  core_->owners[owner].gone = false;
  core_->owners[owner].draining = false;
}

void task_table::on_owner_draining(owner_slot owner) { core_->owners[owner].draining = true; }

result<cancel_result> task_table::on_cancel(task_id id, instant at, transaction& commit) {
  auto& table = *core_;
  const auto index = table.find(id);
  if (index == no_row) return fail(errc::not_found, "no task has the id " + to_string(id));
  auto& row = table.rows[index];
  if (is_terminal(row.state))
    return fail(errc::conflict, "the task has already ended: " + std::string{to_string(row.state)});
  if (!row.granted()) {
    table.end(index, {task_state::cancelled, transition::cancel, errc::cancelled, "cancelled on request"}, at, commit);
    return cancel_result{};
  }
  if (!row.cancel_requested) {
    row.cancel_requested = true;
    table.write(row, transition::cancel_requested, at, commit);
  }
  return cancel_result{row.state, task_epoch{row.id, row.epoch}, row.owner};
}

result<void> task_table::on_erase(task_id id, transaction& commit) {
  const auto index = core_->find(id);
  if (index == no_row) return fail(errc::not_found, "no task has the id " + to_string(id));
  const auto state = core_->rows[index].state;
  if (!is_terminal(state))
    return fail(errc::conflict, "task " + to_string(id) + " is " + std::string{to_string(state)},
                "cancel it first, or wait until it has ended");
  commit.leader_term = core_->term;
  commit.writes.emplace_back(erase_task{id});
  core_->remove(index);
  return {};
}

}  // namespace dunlin
