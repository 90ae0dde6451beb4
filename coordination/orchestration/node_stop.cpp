// SPDX-License-Identifier: Apache-2.0
// How tasks end before their handler does: cancel, timeout, lapse, abandonment, drain; and what the leader is told.
#include <algorithm>
#include <iterator>
#include <utility>

#include "coordination/orchestration/node_dispatch.hpp"

namespace dunlin {

namespace {

/// A list in a message has a bound: longer ones go in several.
constexpr std::size_t max_listed = 1'024;

/// Outcome batches without a receipt that are said again at once.
constexpr std::size_t max_repeated = 16;

constexpr std::size_t max_progress_listed = 128;  // each with a text

constexpr std::size_t max_chosen_listed = 64;  // each with a text

template <class Message, class Item>
void tell_in_parts(std::vector<Item>&& items, std::size_t limit, node_effects& out) {
  for (std::size_t from = 0; from < items.size(); from += limit) {
    const auto first = std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(from));
    const auto count = std::min(limit, items.size() - from);
    out.push_back(tell_leader{Message{{first, first + static_cast<std::ptrdiff_t>(count)}}});
  }
}

}  // namespace

void node_dispatch::on_cancel(const cancel_order& order, time_point now, node_effects& out) {
  if (auto* row = find_running(order.task)) {
    request_stop(*row, order.why, now, out);
    return;
  }
  for (std::uint32_t index = 0; index < waiting_.size(); ++index) {
    const auto& grant = waiting_[index].grant;
    if (waiting_[index].present && grant.id == order.task.id && grant.epoch <= order.task.epoch) {
      refuse({grant.id, grant.epoch}, order.why, "stopped before it began");
      withdraw(index, out);
      return;
    }
  }
}

void node_dispatch::request_stop(agent_row& row, errc why, time_point now, node_effects& out) {
  if (row.stop_why != errc::none) return;
  if (row.phase == agent_phase::asking) {  // nothing runs yet
    outbox_.add(row.outcome(why, "stopped while it waited for a device lease"));
    release(row, out);
    free_agent(row, now, out);
    return;
  }
  row.stop_why = why;
  row.stop_at = now;
  out.push_back(stop_task{row.id(), row.task, why});
}

void node_dispatch::abandon(agent_row& row, time_point now, node_effects& out) {
  auto outcome = row.outcome(row.stop_why, "the handler of '" + row.its_class->kind + "' ignored its cancel for " +
                                               std::to_string((now - row.stop_at) / 1ms) + " ms and was abandoned");
  outcome.usage.queue_ns = elapsed_ns(row.arrived_at, row.started_at);
  outcome.usage.run_ns = elapsed_ns(row.started_at, now);
  outbox_.add(std::move(outcome));
  end_reserved(row, out);
  out.push_back(abandon_agent{row.id()});
  release(row, out);
  leave(row);
  ++stuck_;
  remove_agent(row);
  if (stuck_ < config_.stuck_limit || draining_) return;
  restart_why_ = std::to_string(stuck_) + " handlers are stuck";
  on_drain(now, out);  // what still goes well shall not be lost with the rest
}

void node_dispatch::check(agent_row& row, time_point now, node_effects& out) {
  if (row.stop_why != errc::none) {
    if (now - row.stop_at >= config_.stop_patience && row.its_class->isolation != isolation_mode::process)
      abandon(row, now, out);
    return;
  }
  if (row.phase == agent_phase::working && now >= row.deadline)
    request_stop(row, row.overtime(now), now, out);
  else if (shapes_.at(row.shape).on_lapse == lapse_rule::kill && renewals_.lapsed(row.arrived_at, now))
    request_stop(row, errc::lease_expired, now, out);
}

void node_dispatch::on_tick(time_point now, node_effects& out) {
  auto left = running_;
  for (std::size_t i = 0; i < agents_.size() && left > 0; ++i) {
    if (!agents_[i].busy()) continue;
    --left;
    check(agents_[i], now, out);
  }
  give_up_lapsed(now, out);
  if (draining_ && now >= drain_until_) stop_all(errc::shutting_down, now, out);
  renew(now, out);
  repeat_outcomes(now, out);
  finish_drain(out);
}

/// A task that waits here longer than its lease lasts may be granted again: it must not begin any more.
void node_dispatch::give_up_lapsed(time_point now, node_effects& out) {
  if (queued_ == 0 || !renewals_.lapsed({}, now)) return;
  for (std::uint32_t index = 0; index < waiting_.size(); ++index) {
    const auto& task = waiting_[index];
    if (!task.present || !renewals_.lapsed(task.since, now)) continue;
    if (shapes_.at(task.shape).on_lapse != lapse_rule::kill) continue;
    refuse({task.grant.id, task.grant.epoch}, errc::lease_expired, "its lease was not renewed before it began");
    withdraw(index, out);
  }
}

/// The leader may have failed to store what it heard: what has no receipt after a while is said again.
void node_dispatch::repeat_outcomes(time_point now, node_effects& out) {
  if (now - outcomes_seen_to_ < config_.renew_every) return;
  outcomes_seen_to_ = now;
  std::size_t repeated = 0;
  for (const auto& batch : outbox_.unacknowledged()) {
    if (batch.sequence > outcomes_sent_ || ++repeated > max_repeated) break;
    out.push_back(tell_leader{batch});
  }
  outcomes_sent_ = outbox_.newest();
}

void node_dispatch::renew(time_point now, node_effects& out) {
  if (!renewals_.due(now) || running_ + queued_ == 0) return;
  repeat_starts();
  const auto tasks = held();
  for (std::size_t from = 0; from < tasks.size(); from += max_listed) {
    const auto first = tasks.begin() + static_cast<std::ptrdiff_t>(from);
    const auto last = tasks.begin() + static_cast<std::ptrdiff_t>(std::min(from + max_listed, tasks.size()));
    out.push_back(tell_leader{lease_renewal{renewals_.sent(now), {first, last}}});
  }
}

/// What they need counts from their start on: a leader that does not know of it would give it to others.
void node_dispatch::repeat_starts() {
  for (const auto& row : agents_)
    if (row.present && row.phase == agent_phase::working && !shapes_.at(row.shape).reserved.empty())
      started_.push_back(row.task);
}

void node_dispatch::on_renewed(const lease_renewed& answer, time_point now, node_effects& out) {
  renewals_.answered(answer.sequence);
  for (const auto& task : answer.fenced) on_cancel({task, errc::fenced_off}, now, out);
}

void node_dispatch::on_receipts(const receipt_batch& batch) { outbox_.on_receipt(batch.sequence); }

void node_dispatch::on_leader_up(node_effects& out) {
  for (const auto& batch : outbox_.unacknowledged()) out.push_back(tell_leader{batch});
}

void node_dispatch::on_drain(time_point now, node_effects& out, duration patience) {
  const auto until = now + patience;
  drain_until_ = std::exchange(draining_, true) ? std::min(drain_until_, until) : until;
  for (std::uint32_t index = 0; index < waiting_.size(); ++index)
    if (waiting_[index].present) {
      returned_.push_back({waiting_[index].grant.id, waiting_[index].grant.epoch});
      withdraw(index, out);
    }
  finish_drain(out);
}

void node_dispatch::stop_all(errc why, time_point now, node_effects& out) {
  for (auto& row : agents_)
    if (row.busy()) request_stop(row, why, now, out);
}

void node_dispatch::finish_drain(node_effects& out) {
  if (!draining_ || running_ > 0 || std::exchange(said_drained_, true)) return;
  pack(out);
  if (restart_why_.empty())
    out.push_back(drained{});
  else
    out.push_back(restart_node{restart_why_});
}

void node_dispatch::on_progress(agent_id agent, progress_item&& item) {
  if (const auto* row = find(agent); row == nullptr || row->task != task_epoch{item.id, item.epoch}) return;
  const auto same = std::ranges::find(progress_, item.id, &progress_item::id);
  if (same != progress_.end())
    *same = std::move(item);
  else
    progress_.push_back(std::move(item));
}

void node_dispatch::on_checkpoint(agent_id agent, checkpoint_item&& item) {
  if (const auto* row = find(agent); row == nullptr || row->task != task_epoch{item.id, item.epoch}) return;
  const auto same = std::ranges::find(checkpoints_, item.id, &checkpoint_item::id);
  if (same != checkpoints_.end())
    *same = std::move(item);
  else
    checkpoints_.push_back(std::move(item));
}

void node_dispatch::pack(node_effects& out) {
  for (std::size_t from = 0; from < chosen_.size(); from += max_chosen_listed) {
    const auto first = chosen_.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(max_chosen_listed, chosen_.size() - from);
    out.push_back(tell_leader{start_batch{{}, {first, first + static_cast<std::ptrdiff_t>(count)}}});
  }
  chosen_.clear();
  tell_in_parts<start_batch>(std::exchange(started_, {}), config_.batch_limit, out);
  tell_in_parts<progress_batch>(std::exchange(progress_, {}), max_progress_listed, out);
  for (auto& item : checkpoints_)  // one a message: each may fill a frame
    out.push_back(tell_leader{checkpoint_batch{{std::move(item)}}});
  checkpoints_.clear();
  outbox_.flush(batches_);
  for (auto& batch : batches_) out.push_back(tell_leader{std::move(batch)});
  batches_.clear();
  tell_in_parts<return_batch>(std::exchange(returned_, {}), max_listed, out);
}

std::vector<task_epoch> node_dispatch::held() const {
  std::vector<task_epoch> out;
  out.reserve(running_ + queued_);
  for (const auto& row : agents_)
    if (row.busy()) out.push_back(row.task);
  for (const auto& row : waiting_)
    if (row.present) out.push_back({row.grant.id, row.grant.epoch});
  return out;
}

}  // namespace dunlin
