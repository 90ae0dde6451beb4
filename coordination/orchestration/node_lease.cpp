// SPDX-License-Identifier: Apache-2.0
// Device leases of the agents: asked for by the task, kept over equal tasks, given back, lost. And what others lend to
// a task that waits here.
#include <algorithm>
#include <utility>

#include "coordination/orchestration/node_dispatch.hpp"

namespace dunlin {

namespace {

/// What a task asks of its device: time in proportion to the units that it wants.
share_wish share_of(const task_shape& shape, std::uint8_t variant) noexcept {
  const auto& needs = wish_of(shape, variant);
  share_wish out;
  if (needs.gpu_milli > 0) out.compute_milli = std::min(needs.gpu_milli, out.compute_milli);
  out.memory_bytes = needs.gpu_bytes;
  out.weight = std::max(out.compute_milli / 10, 1U);
  out.interactive = shape.target_latency > milliseconds{0};
  out.pattern = shape.sharing;
  return out;
}

}  // namespace

/// Returns false if the task needs none, or its agent has one.
bool node_dispatch::asks_for_lease(agent_row& row, const task_shape& shape, node_effects& out) {
  if (row.lease || !wants_device(shape, row.variant)) return false;
  row.phase = agent_phase::asking;
  const auto device = row.backend ? row.backend->device : device_of(shape);
  auto ask = wanted_lease(row.id(), device, shape, row.variant, row.its_class->isolation == isolation_mode::thread);
  row.device = ask.device;
  ask.priority = row.priority;
  ask.boosts = row.boosts;
  out.push_back(std::move(ask));
  return true;
}

/// It says how long it may hold: until the end of the last of all equal tasks that its lease covers.
ask_lease node_dispatch::wanted_lease(agent_id agent, device_id device, const task_shape& shape, std::uint8_t variant,
                                      bool in_steps) const {
  const auto& needs = wish_of(shape, variant);
  ask_lease out{agent, device};
  out.wish = share_of(shape, variant);
  out.wish.hold = config_.lease_hold + shape.timeout + config_.stop_patience;
  out.cpu_milli = needs.cpu_milli;
  out.host_bytes = needs.host_bytes;
  out.in_steps = in_steps;
  return out;
}

/// A lease covers many small tasks: the holder goes on with the next equal task while its hold time lasts.
bool node_dispatch::reuse_lease(agent_row& row, shape_id shape, time_point now, node_effects& out) {
  if (!backends_.quarantined(row.device).empty()) return false;
  if (now - row.lease_since >= config_.lease_hold || running_ >= config_.max_concurrent) return false;
  const auto same_shape = [shape](shape_id candidate) { return candidate == shape; };
  const auto is_ready = [this](task_slot slot) { return is_waiting(slot); };
  ready_.unpark(shape);  // it was parked when the last free agent took a task
  const auto next = ready_.pop_best(same_shape, is_ready);
  ready_.unpark_all();
  if (!next) return false;
  assign(row, unpark(next->task.index), now, out);
  return true;
}

void node_dispatch::on_lease_granted(agent_id agent, device_id device, lease_id lease, fencing_token token,
                                     time_point now, node_effects& out) {
  auto* row = find(agent);
  if (row != nullptr) row->last_granted = {device, lease};
  if (row == nullptr || row->phase != agent_phase::asking || row->device != device) {
    out.push_back(return_lease{agent, device, lease});  // the task that asked for it ended while it waited
    return;
  }
  row->lease = lease;
  row->lease_token = token;
  row->lease_variant = row->variant;
  row->lease_since = now;
  start(*row, now, out);
}

void node_dispatch::on_lease_lost(agent_id agent, device_id device, lease_id lease, const error& why, time_point now,
                                  node_effects& out) {
  auto* row = find(agent);
  if (row == nullptr || !row->loses(device, lease)) return;
  row->lease = {};
  if (row->phase == agent_phase::asking) {
    if (does_without(*row, why, now, out)) return;
    auto outcome = row->outcome(why.code, "no device lease: " + to_string(why));
    if (row->failed.size() > 1) say_what_failed(*row, outcome);
    outbox_.add(std::move(outcome));
    free_agent(*row, now, out);
  } else {
    request_stop(*row, errc::lease_expired, now, out);
  }
}

void node_dispatch::release(agent_row& row, node_effects& out) {
  if (row.lease)
    out.push_back(return_lease{row.id(), row.device, std::exchange(row.lease, {})});
  else if (row.phase == agent_phase::asking)
    out.push_back(return_lease{row.id(), row.device, {}});
}

/// Its older place in the queue leads nowhere once it has met an agent.
void node_dispatch::on_priority(const priority_order& order) {
  for (std::uint32_t index = 0; index < waiting_.size(); ++index) {
    auto& row = waiting_[index];
    if (!row.present || row.grant.id != order.task.id || row.grant.epoch != order.task.epoch) continue;
    if (order.priority <= row.grant.priority) return;
    row.grant.priority = order.priority;
    if (row.awaits_begin) return;
    ready_.push({index, row.generation}, row.shape, order.priority, row.since);
    return;
  }
}

}  // namespace dunlin
