// SPDX-License-Identifier: Apache-2.0
// What becomes of a device that broke, and of those that worked on it. The device is believed, whoever heard it say so
// first: that is no sign of who broke it, unless nobody else worked there.
#include <utility>

#include "coordination/orchestration/node_dispatch.hpp"
#include "coordination/orchestration/node_rows.hpp"

namespace dunlin {

void node_dispatch::on_device_broke(device_id device, const std::string& why, time_point now, node_effects& out) {
  quarantine(device, why, nullptr, now, out);
}

/// Also under a lease that was just lost: its step ends later.
bool node_dispatch::works_on(const agent_row& row, device_id device) const {
  return row.busy() && row.phase == agent_phase::working && row.device == device &&
         wants_device(shapes_.at(row.shape), row.variant);
}

void node_dispatch::blame_who_was_alone(device_id device) {
  agent_row* alone = nullptr;
  for (auto& row : agents_) {
    if (!works_on(row, device)) continue;
    if (alone != nullptr) return;
    alone = &row;
  }
  if (alone != nullptr) alone->is_blamed = true;
}

/// Whoever works on it is stopped, but for `reporter`, whose step has ended; whoever waits for it goes elsewhere.
void node_dispatch::quarantine(device_id device, const std::string& why, const agent_row* reporter, time_point now,
                               node_effects& out) {
  if (device.value >= config_.devices.size() || !backends_.quarantined(device).empty()) return;
  blame_who_was_alone(device);
  backends_.quarantine(device, why.empty() ? "it did not say why" : why);
  out.push_back(quarantine_device{device, backends_.quarantined(device)});
  for (auto& row : agents_) {
    if (&row == reporter) continue;
    if (row.busy() && row.phase == agent_phase::asking && row.device == device)
      leave_queue(row, now, out);
    else if (works_on(row, device))
      request_stop(row, errc::device_faulted, now, out);
  }
  finish_drain(out);
}

/// What may be another's fault counts neither as a failure nor as a crash.
void node_dispatch::note_fault(const agent_row& row, task_outcome& outcome) const {
  const bool may_be_anothers = !row.is_blamed && wants_device(shapes_.at(row.shape), row.variant);
  outcome.crashed = outcome.crashed || !may_be_anothers;
  if (may_be_anothers) outcome.code = errc::device_faulted;
}

void node_dispatch::leave_queue(agent_row& row, time_point now, node_effects& out) {
  release(row, out);
  if (does_without(row, error{errc::device_faulted, backends_.quarantined(row.device)}, now, out)) return;
  returned_.push_back(row.task);
  free_agent(row, now, out);
}

}  // namespace dunlin
