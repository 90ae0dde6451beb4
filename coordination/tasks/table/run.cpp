// SPDX-License-Identifier: Apache-2.0
// What happens between a table and the owners of its tasks: grants, starts, renewals, outcomes.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "coordination/tasks/table/table_core.hpp"

namespace dunlin {

namespace {

fencing_token next_epoch(const task_row& row, std::uint32_t term) noexcept {
  const auto granted = term_of(row.epoch) == term ? static_cast<std::uint32_t>(row.epoch) : 0;
  return make_epoch(term, std::max(row.counter, granted) + 1);
}

task_grant grant_of(const task_row& row, const task_shape& shape, instant at) {
  task_grant grant;
  grant.id = row.id;
  grant.epoch = row.epoch;
  grant.attempt = row.attempt;
  grant.priority = row.priority;
  grant.boosts = boosts_of(row, at.wall);
  grant.reserved = left_of(shape.reserved, milliseconds{at.wall - row.submitted});
  grant.variant = row.variant;
  grant.deadline = row.deadline;
  grant.payload.assign(row.payload.view().begin(), row.payload.view().end());
  if (row.extras) grant.checkpoint = row.extras->checkpoint;
  return grant;
}

void start_row(table_core& table, task_row& row, instant at, transaction& commit) {
  if (row.state != task_state::leased) return;
  table.set_state(row, task_state::running);
  row.started = at.wall;
  table.write(row, transition::start, at, commit);
}

void reset_progress(task_row& row, transaction& commit) {
  if (!row.extras) return;
  row.extras->usage = {};
  if (row.extras->progress == task_progress{}) return;
  row.extras->progress = {};
  commit.writes.emplace_back(update_progress{row.id, {}});
}

/// T7, T8.
void fail_attempt(table_core& table, std::uint32_t index, task_outcome& outcome, instant at, transaction& commit) {
  auto& row = table.rows[index];
  const auto& retry = table.shapes.at(row.shape).retry;
  const auto earlier = row.fail_count++;
  if (!is_retryable(outcome.code) || earlier >= retry.max_retries) {
    table.end(index, {task_state::failed, transition::fail_last, outcome.code, std::move(outcome.why)}, at, commit,
              &outcome);
    return;
  }
  table.back_off(index, backoff_delay(retry, earlier, table.jitter), outcome, at, commit);
}

/// A current outcome that is not a success.
void fail_outcome(table_core& table, std::uint32_t index, task_outcome& outcome, instant at, transaction& commit) {
  auto& row = table.rows[index];
  if (row.cancel_requested) {
    table.end(index, {task_state::cancelled, transition::cancel, errc::cancelled, std::move(outcome.why)}, at, commit,
              &outcome);
  } else if (outcome.code == errc::expired && row.deadline != 0) {
    table.end(index, {task_state::expired, transition::expire, errc::expired, std::move(outcome.why)}, at, commit,
              &outcome);
  } else if (outcome.code == errc::shutting_down) {
    table.take_back(index, transition::drain, outcome.code, std::move(outcome.why), at, commit);
  } else if (outcome.code == errc::lease_expired || outcome.code == errc::fenced_off) {
    // The node gave up because it could not renew: T6, as if the leader's own clock had been first.
    table.lose_lease(index, row.state == task_state::running, outcome.code, std::move(outcome.why), at, commit);
  } else if (outcome.code == errc::device_faulted && !outcome.crashed) {
    table.lose_lease(index, false, outcome.code, std::move(outcome.why), at, commit);  // another task broke its device
  } else if (outcome.crashed) {
    row.more().usage = outcome.usage;
    const auto code = outcome.code == errc::none ? errc::crashed : outcome.code;
    table.lose_lease(index, true, code, std::move(outcome.why), at, commit);
  } else {
    fail_attempt(table, index, outcome, at, commit);
  }
}

}  // namespace

result<task_grant> task_table::on_grant(task_slot slot, owner_slot owner, instant at, transaction& commit,
                                        std::uint8_t variant) {
  auto& table = *core_;
  if (!is_ready(slot)) return fail(errc::conflict, "the task is not ready to be granted");
  if (owner == no_owner || table.owners[owner].gone || table.owners[owner].draining)
    return fail(errc::conflict, "node '" + table.owners[owner].node + "' takes no tasks");
  auto& row = table.rows[slot.index];
  row.epoch = next_epoch(row, table.term);
  row.counter = static_cast<std::uint32_t>(row.epoch);
  table.highest_counter = std::max(table.highest_counter, row.counter);
  row.owner = owner;
  row.variant = variant;
  row.reason = pending_reason::none;
  row.not_before = row.started = 0;
  ++row.attempt;
  table.set_state(row, task_state::leased);
  table.start_lease(slot.index, at);
  table.write(row, transition::grant, at, commit);
  reset_progress(row, commit);
  return grant_of(row, table.shapes.at(row.shape), at);
}

void task_table::on_start(owner_slot owner, const task_epoch& task, instant at, transaction& commit) {
  if (auto* row = core_->held_row(owner, task)) start_row(*core_, *row, at, commit);
}

bool task_table::on_chosen(owner_slot owner, const backend_note& note) {
  auto* row = core_->held_row(owner, note.task);
  if (row == nullptr) return false;
  const auto variants = core_->shapes.at(row->shape).variants.size();
  const bool changed = note.variant <= variants && note.variant != row->variant;
  if (changed) core_->set_variant(*row, note.variant);
  row->more().usage.device = {note.chosen};
  return changed;
}

void task_table::on_renew(owner_slot owner, std::span<const task_epoch> held, instant at,
                          std::vector<task_epoch>& fenced) {
  const bool gone = core_->owners[owner].gone;
  for (const auto& task : held) {
    if (gone || core_->held_row(owner, task) == nullptr)
      fenced.push_back(task);
    else
      core_->start_lease(core_->find(task.id), at);
  }
}

outcome_verdict task_table::on_outcome(owner_slot, task_outcome&& outcome, instant at, transaction& commit) {
  auto& table = *core_;
  const auto index = table.find(outcome.id);
  const bool succeeded = outcome.code == errc::none && !outcome.crashed;
  const auto discard = [&] {
    ++table.counts.discarded;
    return outcome_verdict::discarded;
  };
  if (index == no_row) return discard();
  auto& row = table.rows[index];
  if (outcome.epoch != row.epoch) {
    if (outcome.epoch < row.epoch) ++table.counts.fenced;
    return outcome_verdict::fenced;
  }
  if (row.epoch == 0) return outcome_verdict::fenced;  // never granted to anybody
  if (is_terminal(row.state))
    return succeeded && row.state == task_state::succeeded ? outcome_verdict::recorded : discard();
  if (!succeeded && !row.granted()) return discard();
  if (row.started == 0) row.started = at.wall - static_cast<wall_ms>(outcome.usage.run_ns / 1'000'000);
  if (succeeded)
    table.end(index, {task_state::succeeded, transition::succeed, errc::none, {}}, at, commit, &outcome);
  else
    fail_outcome(table, index, outcome, at, commit);
  return outcome_verdict::recorded;
}

void task_table::on_progress(owner_slot owner, const progress_item& item, instant at, transaction& commit) {
  auto* row = core_->held_row(owner, {item.id, item.epoch});
  if (row == nullptr) return;
  start_row(*core_, *row, at, commit);
  auto& progress = row->more().progress;
  progress = item.progress;
  progress.percent = std::min<std::uint8_t>(progress.percent, 100);
  commit.leader_term = core_->term;
  commit.writes.emplace_back(update_progress{row->id, progress});
}

void task_table::on_checkpoint(owner_slot owner, checkpoint_item&& item, instant at, transaction& commit) {
  auto* row = core_->held_row(owner, {item.id, item.epoch});
  if (row == nullptr || item.state.size() > max_inline_bytes) return;
  if (row->payload.size() + item.state.size() > max_grant_bytes) return;  // the next grant could not carry both
  start_row(*core_, *row, at, commit);
  row->more().checkpoint = item.state;
  commit.leader_term = core_->term;
  commit.writes.emplace_back(update_checkpoint{row->id, std::move(item.state)});
}

void task_table::on_returned(owner_slot owner, const task_epoch& task, instant at, transaction& commit) {
  if (core_->held_row(owner, task) == nullptr) return;
  core_->take_back(core_->find(task.id), transition::drain, errc::none, {}, at, commit);
}

void task_table::on_adopt(owner_slot owner, std::span<const task_epoch> held, instant at,
                          std::vector<task_epoch>& fenced) {
  auto& table = *core_;
  table.owners[owner].gone = false;
  for (const auto& task : held) {
    const auto index = table.find(task.id);
    if (index == no_row || !table.rows[index].granted() || table.rows[index].epoch != task.epoch) {
      fenced.push_back(task);
      continue;
    }
    if (table.rows[index].awaits_adoption) ++table.counts.adopted;
    table.set_owner(table.rows[index], owner);
    table.start_lease(index, at);
  }
}

void task_table::on_not_held(owner_slot owner, std::span<const task_epoch> held, instant at, transaction& commit) {
  auto& table = *core_;
  std::unordered_set<task_id> known;
  for (const auto& task : held) known.insert(task.id);
  std::vector<std::uint32_t> lost;
  for (auto index = table.clocks.first(row_clock::lease); index != no_row; index = table.rows[index].next) {
    const auto& row = table.rows[index];
    if (row.owner == owner && row.state == task_state::leased && !known.contains(row.id)) lost.push_back(index);
  }
  for (const auto index : lost)
    table.lose_lease(index, false, errc::link_down,
                     "the grant was lost on its way to node '" + table.owners[owner].node + "'", at, commit);
}

}  // namespace dunlin
