// SPDX-License-Identifier: Apache-2.0
// What tasks run on where they have a choice: asked for when a task meets its agent, asked again when that failed, and
// told how it went.
#include <algorithm>
#include <utility>

#include "coordination/orchestration/node_dispatch.hpp"
#include "coordination/orchestration/node_rows.hpp"

namespace dunlin {

namespace {

/// What another backend may do better. A cap on host memory is the same wherever the processor works.
bool speaks_against(const task_backend& backend, errc code) noexcept {
  return breaks_device(code) || code == errc::not_supported || (backend.is_gpu && code == errc::quota_exceeded);
}

/// A device that has too little left for what a task asks of it may do for others.
failure_source source_of(bool by_device, errc code) noexcept {
  return by_device && code != errc::quota_exceeded ? failure_source::device : failure_source::work;
}

}  // namespace

/// Errors: those of `task_backends::choose`.
result<void> node_dispatch::choose_backend(agent_row& row, time_point now) {
  const auto& shape = shapes_.at(row.shape);
  if (!backends_.decides(shape)) return use_named_device(shape, row.variant);
  auto chosen = backends_.choose({shape, row.granted, row.payload.size(), row.failed}, now);
  if (!chosen) return fail(std::move(chosen.error()));
  row.backend = std::make_unique<task_backend>(std::move(*chosen));
  row.variant = row.backend->variant;
  chosen_.push_back({row.task, row.variant, row.chosen()});
  return {};
}

result<void> node_dispatch::use_named_device(const task_shape& shape, std::uint8_t variant) const {
  if (!wants_device(shape, variant)) return {};
  const auto& why = backends_.quarantined(device_of(shape));
  if (why.empty()) return {};
  return fail(errc::device_faulted, "the device that it asks for is quarantined (" + why + ")");
}

/// The next step of a task that has an agent and knows what it runs on.
void node_dispatch::proceed(agent_row& row, time_point now, node_effects& out) {
  const auto& shape = shapes_.at(row.shape);
  const bool serves = !row.backend || (wants_device(shape, row.variant) && row.device == row.backend->device &&
                                       row.lease_variant == row.variant);
  if (row.lease && !serves) release(row, out);
  if (!asks_for_lease(row, shape, out)) start(row, now, out);
}

/// Nothing here runs it: another node may, if that is for a quarantine.
void node_dispatch::turn_away(agent_row& row, error&& why, time_point now, node_effects& out) {
  if (why.code == errc::device_faulted)
    returned_.push_back(row.task);
  else
    outbox_.add(row.outcome(why.code, std::move(why.context)));
  free_agent(row, now, out);
}

/// Returns whether the task goes on here, on what is left.
bool node_dispatch::goes_elsewhere(agent_row& row, time_point now, node_effects& out) {
  if (draining_ || now >= row.deadline_so_far(now)) return false;
  leave(row);
  const bool found = choose_backend(row, now).has_value();
  enter(row);
  if (!found) return false;
  row.goes_on = row.goes_on || row.phase == agent_phase::working;
  row.stop_why = errc::none;
  row.is_blamed = false;
  proceed(row, now, out);
  return true;
}

/// Tells the backend how it went. Returns whether the task goes on elsewhere, so that its attempt has not ended.
bool node_dispatch::settle_backend(agent_row& row, task_outcome& outcome, bool by_device, time_point now,
                                   node_effects& out) {
  const bool broke = by_device && breaks_device(outcome.code);
  note_device(row, outcome.usage);
  if (outcome.code == errc::none) {
    if (const auto backend = std::move(row.backend))
      backends_.on_done(*backend, duration{static_cast<duration::rep>(outcome.usage.run_ns)});
    return false;
  }
  const bool was_stopped = row.stop_why != errc::none && row.stop_why != errc::device_faulted;
  const bool ends_by_fault = row.stop_why == errc::device_faulted;
  const bool innocent = ends_by_fault && !row.is_blamed;
  if ((broke || (ends_by_fault && row.is_blamed)) && !was_stopped) note_fault(row, outcome);
  if (!row.backend || was_stopped) return false;
  if (!ends_by_fault && !speaks_against(*row.backend, outcome.code)) return false;
  const auto backend = std::move(row.backend);
  row.failed.push_back({backend->name, backend->variant, error{outcome.code, outcome.why}});
  if (innocent)
    backends_.on_given_up(*backend);
  else
    backends_.on_failed(*backend, source_of(by_device, outcome.code), now);
  if (goes_elsewhere(row, now, out)) return true;
  if (!innocent) say_what_failed(row, outcome);
  return false;
}

/// What its device's fault leads to is the fault's affair.
void node_dispatch::say_what_failed(const agent_row& row, task_outcome& outcome) {
  auto all = error_of(row.failed);
  outcome.why = std::move(all.context);
  if (!breaks_device(outcome.code)) outcome.code = all.code;
}

/// The coordinator gives the task no lease. Returns whether it goes on without.
bool node_dispatch::does_without(agent_row& row, const error& why, time_point now, node_effects& out) {
  if (!row.backend) return false;
  row.failed.push_back({row.backend->name, row.backend->variant, error{why.code, "no device lease: " + why.context}});
  return goes_elsewhere(row, now, out);
}

/// Beside what its runner has measured: what it was that ran it.
void node_dispatch::note_device(const agent_row& row, task_usage& usage) const {
  if (!row.backend && !row.lease) return;
  if (usage.device.empty()) usage.device.emplace_back();
  auto& use = usage.device.front();
  if (row.backend) {
    use.backend = row.backend->name;
    use.because = row.backend->because;
    use.is_gpu = row.backend->is_gpu;
    return;
  }
  const auto& device = config_.devices.at(row.device.value);
  use.is_gpu = device.kind != "cpu";
  use.backend = use.is_gpu ? device.kind + ":" + std::to_string(row.device.value) : device.kind;
}

}  // namespace dunlin
