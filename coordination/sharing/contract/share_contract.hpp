// SPDX-License-Identifier: Apache-2.0
// The promise of a share: what was asked, what was granted, how it is enforced and what was used.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "coordination/tasks/task_spec.hpp"
#include "coordination/types.hpp"

namespace dunlin {

DUNLIN_EXPORT std::string_view to_string(sharing_pattern pattern) noexcept;

/// How a granted amount is kept to.
enum class enforcement : std::uint8_t {
  none,         ///< nobody looks
  advisory,     ///< bookkeeping only
  cooperative,  ///< kept between steps, by the runtime
  hard,         ///< cannot be exceeded
};
constexpr enforcement enum_last(enforcement) noexcept { return enforcement::hard; }
DUNLIN_EXPORT std::string_view to_string(enforcement how) noexcept;

/// What is said of a holder whose steps do not pass the device's gate.
inline constexpr std::string_view past_the_gate = "advisory (it runs past the device's gate)";

/// What a measured figure means.
enum class exactness : std::uint8_t {
  unmeasured,   ///< shown as n/a
  exact,        ///< work was serialised
  weighted,     ///< granted share of the device × time
  upper_bound,  ///< work overlapped; waiting for others is counted too
};
constexpr exactness enum_last(exactness) noexcept { return exactness::upper_bound; }
DUNLIN_EXPORT std::string_view to_string(exactness what) noexcept;

/// What a holder asks for.
struct share_wish {
  std::uint32_t compute_milli = 1'000;  ///< 1 000 = the whole device
  std::uint32_t most_milli = 0;         ///< of what nobody else wants; 0 = no more than compute_milli
  std::uint64_t memory_bytes = 0;       ///< 0 = no wish
  duration hold{0};                     ///< how long; 0 = as long as allowed
  std::uint32_t weight = 100;           ///< 1-1 000, of its turns where turns are taken: 100 = the whole device
  bool interactive = false;             ///< has short steps and wants them soon
  sharing_pattern pattern = sharing_pattern::any;  ///< how it would like the device to be shared
  static auto fields(auto& m) {
    return std::tie(m.compute_milli, m.most_milli, m.memory_bytes, m.hold, m.weight, m.interactive, m.pattern);
  }

  /// Asks for so much of a processor of `units` cores, and for turns in proportion.
  void ask_for_cores(std::uint32_t milli, std::uint32_t units) noexcept {
    compute_milli = std::clamp((milli + units - 1) / std::max(units, 1U), 1U, 1'000U);
    weight = std::max(compute_milli / 10, 1U);
  }
  friend bool operator==(const share_wish&, const share_wish&) = default;
};

/// What a holder gets.
struct share_grant {
  std::uint32_t compute_units = 0;  ///< worker slots or SMs
  std::uint64_t memory_bytes = 0;
  duration quantum{0};                    ///< busy time of one turn; 0 = no turns
  std::uint32_t lane = 0;                 ///< holders of one lane take turns on its units
  std::vector<std::uint32_t> units = {};  ///< which of the device's; empty = all, or none while the holder is parked
  bool pooled = false;                    ///< a step has any one of them that is free: the lane runs several at once
  static auto fields(auto& m) {
    return std::tie(m.compute_units, m.memory_bytes, m.quantum, m.lane, m.units, m.pooled);
  }
  friend bool operator==(const share_grant&, const share_grant&) = default;
};

/// What a holder used, measured by the device.
struct share_use {
  std::uint64_t busy_ns = 0;
  std::uint64_t memory_peak_bytes = 0;
  std::uint64_t launches = 0;
  exactness busy_is = exactness::unmeasured;
  std::uint64_t pause_ns = 0;  ///< how long it stood still when its contract last changed; 0 = it never did
  static auto fields(auto& m) { return std::tie(m.busy_ns, m.memory_peak_bytes, m.launches, m.busy_is, m.pause_ns); }
  friend bool operator==(const share_use&, const share_use&) = default;
};

/// One holder's right to a part of one device, until `deadline`.
struct share_contract {
  lease_id id;
  agent_id holder;
  device_id device;
  sharing_pattern pattern = sharing_pattern::exclusive;
  share_wish requested;
  share_grant granted;
  enforcement compute_enforcement = enforcement::none;
  enforcement memory_enforcement = enforcement::none;
  std::vector<agent_id> shared_with;
  fencing_token token = 0;  ///< higher than that of every earlier contract on the device
  time_point granted_at{};
  time_point deadline{};  ///< renew before it
  std::uint8_t priority = 5;
  std::uint8_t inherited_priority = 0;  ///< highest priority of those who wait for this holder; 0 = nobody waits
  share_use used;
  friend bool operator==(const share_contract&, const share_contract&) = default;
};

}  // namespace dunlin
