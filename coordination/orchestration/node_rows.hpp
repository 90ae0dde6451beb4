// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "coordination/backends/task_backends.hpp"
#include "coordination/orchestration/node_actions.hpp"
#include "coordination/orchestration/serving.hpp"
#include "coordination/scheduling/worker_index.hpp"
#include "coordination/tasks/shape_table.hpp"

namespace dunlin {

/// A granted task that has not met its agent yet.
struct waiting_task {
  task_grant grant;
  shape_id shape = 0;
  std::uint32_t generation = 0;
  time_point since{};
  std::optional<time_point> ends;  ///< the task's own deadline
  std::vector<priority_boost> boosts;
  agent_id stand_in;          ///< who has reserved its share until it has an agent; 0 = nobody
  bool awaits_begin = false;  ///< it may not begin yet, because it has reserved its share for later
  bool is_reserved = false;   ///< its device has said so
  time_point begins{};        ///< of what it has reserved
  bool present = false;
};

enum class agent_phase : std::uint8_t {
  idle,
  asking,   ///< has a task, waits for a device lease
  working,  ///< the handler was started
};

/// One agent and what it does now.
struct agent_row {
  worker_slot worker = 0;
  std::uint32_t generation = 0;
  bool present = false;
  agent_phase phase = agent_phase::idle;
  bool awaits_group = false;  ///< its handler's thread is another task's meanwhile
  const agent_class* its_class = nullptr;

  task_epoch task;
  std::uint32_t attempt = 0;
  std::uint8_t priority = 5;
  std::vector<priority_boost> boosts;
  shape_id shape = 0;
  std::uint8_t variant = 0;               ///< of the shape: what it takes
  std::uint8_t granted = 0;               ///< what the leader kept for it
  std::unique_ptr<task_backend> backend;  ///< what was chosen for it; null = it had no choice
  std::vector<backend_failure> failed;    ///< what this attempt has tried
  bool goes_on = false;                   ///< on another backend than the one that it began on
  bytes payload;
  bytes checkpoint;
  time_point arrived_at{};
  time_point started_at{};
  time_point deadline{};           ///< of this attempt
  std::optional<time_point> ends;  ///< the task's own
  bool reserved = false;           ///< its share is kept free for it
  errc stop_why = errc::none;      ///< none = not asked to stop
  time_point stop_at{};
  bool is_blamed = false;  ///< nobody else worked on its device when that broke

  lease_id lease;
  fencing_token lease_token = 0;
  device_id device;
  std::uint8_t lease_variant = 0;  ///< what it was asked for
  time_point lease_since{};
  std::pair<device_id, lease_id> last_granted{};  ///< taken or sent back

  /// Worker slot in the lower half, so that an id finds its row without a search; never 0.
  [[nodiscard]] agent_id id() const noexcept { return {(std::uint64_t{generation} << 32) | (worker + 1)}; }
  [[nodiscard]] static worker_slot worker_of(agent_id id) noexcept {
    return static_cast<worker_slot>((id.value & 0xffff'ffff) - 1);
  }
  [[nodiscard]] bool busy() const noexcept { return present && phase != agent_phase::idle; }

  void take(waiting_task&& waiting) {
    task = {waiting.grant.id, waiting.grant.epoch};
    attempt = waiting.grant.attempt;
    priority = waiting.grant.priority;
    boosts = std::move(waiting.boosts);
    shape = waiting.shape;
    variant = granted = waiting.grant.variant;
    backend = nullptr;
    failed.clear();
    goes_on = false;
    payload = std::move(waiting.grant.payload);
    checkpoint = std::move(waiting.grant.checkpoint);
    arrived_at = waiting.since;
    ends = waiting.ends;
    reserved = static_cast<bool>(waiting.stand_in);
    stop_why = errc::none;
    is_blamed = false;
  }

  void clear_task() noexcept {
    phase = agent_phase::idle;
    task = {};
    payload = {};
    checkpoint = {};
  }

  /// Returns why an attempt that has come to its end is stopped.
  [[nodiscard]] errc overtime(time_point now) const noexcept {
    return ends && now >= *ends ? errc::expired : errc::timeout;
  }

  /// The end that its attempt would have: the same one if it goes on elsewhere.
  [[nodiscard]] time_point deadline_so_far(time_point now) const noexcept {
    return goes_on || phase == agent_phase::working ? deadline : now + 1ns;
  }

  /// Whether the end of that lease, or the refusal of its ask (0), is meant for what it does now. A lease may end
  /// before anybody is told that it was granted; that refuses the ask.
  [[nodiscard]] bool loses(device_id of, lease_id ended) const noexcept {
    if (!busy() || device != of) return false;
    if (phase == agent_phase::working) return ended && lease == ended;
    return !ended || last_granted != std::pair{of, ended};
  }

  /// What was chosen for it, as others are told.
  [[nodiscard]] device_use chosen() const { return {backend->name, backend->because, backend->is_gpu}; }

  [[nodiscard]] task_outcome outcome(errc code, std::string why) const {
    task_outcome out;
    out.id = task.id;
    out.epoch = task.epoch;
    out.code = code;
    out.why = std::move(why);
    if (backend) out.usage.device.push_back(chosen());
    return out;
  }
};

inline bool breaks_device(errc code) noexcept { return code == errc::device_faulted || code == errc::device_lost; }

inline std::uint64_t elapsed_ns(time_point from, time_point to) noexcept {
  return to > from ? static_cast<std::uint64_t>((to - from).count()) : 0;
}

}  // namespace dunlin
