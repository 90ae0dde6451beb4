// SPDX-License-Identifier: Apache-2.0
// What agents want of one device, as far as it can be known: what they asked for, and how they have worked so far.
#pragma once

#include <cstdint>
#include <vector>

#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

/// A job is what an agent does under one lease: steps without a pause, from its request to its release.
struct DUNLIN_EXPORT agent_demand {
  agent_id agent;
  share_wish wish;
  std::uint8_t priority = 5;
  bool preemptible = true;
  bool in_steps = true;
  duration step{0};                    ///< of one step, had it one unit only
  std::uint32_t most_units = 0;        ///< that are of use to a step; 0 = as many as it wishes for
  std::uint64_t job_steps = 1;         ///< of a usual job
  std::uint64_t steps_left = 0;        ///< of the job at hand; 0 = it has none and comes back
  duration away = duration::max();     ///< between two jobs; max = it does not come back
  duration back_in = duration::max();  ///< if it has no job at hand
  bool stranger = false;               ///< stands for one that nobody knows yet

  /// Returns how many of the units a step of it can use.
  [[nodiscard]] std::uint32_t width(std::uint32_t units) const noexcept;

  /// Returns how long a step takes on so many of the device's units, at least 1 ns.
  [[nodiscard]] duration step_on(std::uint32_t granted, std::uint32_t units) const noexcept;
};

struct device_demand {
  device_capacity capacity;
  std::vector<agent_demand> agents;  ///< who asked first is first
};

/// Returns how many of a device's units a step can use by what its agent wishes for: more than it says are no use.
DUNLIN_EXPORT std::uint32_t width_of(const share_wish& wish, std::uint32_t units) noexcept;

}  // namespace dunlin
