// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "coordination/bytes.hpp"
#include "coordination/tasks/priority_boost.hpp"
#include "coordination/tasks/task_reservation.hpp"
#include "coordination/types.hpp"

namespace dunlin {

using std::chrono::milliseconds;

/// Largest payload or result that travels inside a message; more is a blob.
inline constexpr std::size_t max_inline_bytes = 192 * 1024;

/// What a task or agent needs at once. 1 000 milli = one core or one whole GPU.
struct resources {
  std::uint32_t cpu_milli = 0;
  std::uint64_t host_bytes = 0;
  std::uint32_t gpu_milli = 0;
  std::uint64_t gpu_bytes = 0;
  milliseconds expected{0};  ///< what the work is said to take with them; 0 = not said
  static auto fields(auto& m) { return std::tie(m.cpu_milli, m.host_bytes, m.gpu_milli, m.gpu_bytes, m.expected); }
  static constexpr std::array field_names{"cpu_milli", "host_bytes", "gpu_milli", "gpu_bytes", "expected_ms"};
  friend bool operator==(const resources&, const resources&) = default;
};

/// How a device is shared; `any` leaves it to the coordinator.
enum class sharing_pattern : std::uint8_t { any, exclusive, time_sliced, space_partitioned, pipeline, collaborative };
constexpr sharing_pattern enum_last(sharing_pattern) noexcept { return sharing_pattern::collaborative; }

/// Where a handler runs. `automatic` takes the kind's own declaration.
enum class isolation_mode : std::uint8_t { automatic, thread, process, async };
constexpr isolation_mode enum_last(isolation_mode) noexcept { return isolation_mode::async; }

/// What a node does with a task whose lease it could not renew.
enum class lapse_rule : std::uint8_t { kill, carry_on };
constexpr lapse_rule enum_last(lapse_rule) noexcept { return lapse_rule::carry_on; }

struct retry_policy {
  std::uint32_t max_retries = 3;
  milliseconds delay{1'000};
  bool exponential = true;
  milliseconds max_delay{60'000};
  static auto fields(auto& m) { return std::tie(m.max_retries, m.delay, m.exponential, m.max_delay); }
  static constexpr std::array field_names{"max_retries", "delay_ms", "exponential", "max_delay_ms"};
  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

/// Where a task would like to run; empty or -1 = anywhere.
struct affinity {
  std::string node;
  std::int32_t device = -1;
  std::int32_t stream = -1;
  static auto fields(auto& m) { return std::tie(m.node, m.device, m.stream); }
  static constexpr std::array field_names{"node", "device", "stream"};
  friend bool operator==(const affinity&, const affinity&) = default;
};

struct checkpoint_policy {
  milliseconds interval{0};  ///< 0 = only when the handler saves by itself
  bool on_failure = false;
  static auto fields(auto& m) { return std::tie(m.interval, m.on_failure); }
  static constexpr std::array field_names{"interval_ms", "on_failure"};
  friend bool operator==(const checkpoint_policy&, const checkpoint_policy&) = default;
};

struct label {
  std::string key;
  std::string value;
  static auto fields(auto& m) { return std::tie(m.key, m.value); }
  static constexpr std::array field_names{"key", "value"};
  friend bool operator==(const label&, const label&) = default;
};

/// What many tasks have in common. Equal shapes are stored once and placed through one index, so that a million tasks
/// of a kind cost a number each.
struct task_shape {
  std::string kind;  ///< names a handler
  std::vector<std::string> capabilities;
  resources needs;
  std::vector<resources> variants;  ///< alternatives to `needs`, best first
  sharing_pattern sharing = sharing_pattern::any;
  isolation_mode isolation = isolation_mode::automatic;
  milliseconds target_latency{0};  ///< 0 = none
  milliseconds timeout{300'000};   ///< of one attempt, > 0
  retry_policy retry;
  affinity where;
  checkpoint_policy checkpoint;
  lapse_rule on_lapse = lapse_rule::kill;
  std::vector<task_reservation> reserved = {};  ///< when its device keeps free what it needs; at most one
  static auto fields(auto& m) {
    return std::tie(m.kind, m.capabilities, m.needs, m.variants, m.sharing, m.isolation, m.target_latency, m.timeout,
                    m.retry, m.where, m.checkpoint, m.on_lapse, m.reserved);
  }
  friend bool operator==(const task_shape&, const task_shape&) = default;
};

/// Returns what a task asks for that runs by this variant: 0 = its needs, n = its n-th alternative to them.
inline const resources& wish_of(const task_shape& shape, std::uint8_t variant) noexcept {
  return variant == 0 || variant > shape.variants.size() ? shape.needs : shape.variants[variant - 1];
}

/// True if the task asks for a share of a device, under the variant that is kept for it.
inline bool wants_device(const task_shape& shape, std::uint8_t variant) noexcept {
  return shape.sharing != sharing_pattern::any || wish_of(shape, variant).gpu_milli > 0;
}

/// What a user asks for. Priority: 1-3 low, 4-6 normal, 7-9 high, 10 critical.
struct task_spec {
  std::string name;  ///< the submitter's own name for it, unique within a batch; may be empty
  task_shape shape;
  bytes payload;
  std::uint8_t priority = 5;
  std::vector<std::string> depends_on;  ///< names within the batch, or task ids
  wall_ms not_before = 0;               ///< 0 = at once
  wall_ms deadline = 0;                 ///< 0 = none
  std::string idempotency_key;          ///< a resubmission with this key returns the first answer
  std::vector<label> labels;
  std::vector<std::string> locks;                ///< names that no other task of the swarm may hold while this one runs
  std::vector<task_boost> priority_boosts = {};  ///< at most `most_boosts`; none raises it above 9
  static auto fields(auto& m) {
    return std::tie(m.name, m.shape, m.payload, m.priority, m.depends_on, m.not_before, m.deadline, m.idempotency_key,
                    m.labels, m.locks, m.priority_boosts);
  }
  friend bool operator==(const task_spec&, const task_spec&) = default;
};

}  // namespace dunlin
