// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// Raises a priority for a time.
struct priority_boost {
  std::uint8_t by = 1;  ///< 1-9
  time_point until{};
  friend bool operator==(const priority_boost&, const priority_boost&) = default;
};

/// What a task's priority is raised by, from its submission on.
struct task_boost {
  std::uint8_t by = 1;  ///< 1-9
  std::chrono::milliseconds lasts{0};
  static auto fields(auto& m) { return std::tie(m.by, m.lasts); }
  static constexpr std::array field_names{"by", "lasts_ms"};
  friend bool operator==(const task_boost&, const task_boost&) = default;
};

/// Of one request or task.
inline constexpr std::size_t most_boosts = 4;

/// What boosts can raise a priority to: 10 is for what is critical by itself.
inline constexpr std::uint8_t highest_boosted = 9;

/// Returns `base` with the boosts that are in force at `now`: at most 9, and never less than `base`.
inline std::uint8_t raised(std::uint8_t base, std::span<const priority_boost> boosts, time_point now) noexcept {
  unsigned sum = base;
  for (const auto& one : boosts)
    if (now < one.until) sum += one.by;
  return std::max(base, static_cast<std::uint8_t>(std::min<unsigned>(sum, highest_boosted)));
}

/// Returns the boosts that are in force so long after their begin, with what is left of each.
inline std::vector<task_boost> left_of(std::span<const task_boost> boosts, std::chrono::milliseconds after) {
  std::vector<task_boost> out;
  for (const auto& [by, lasts] : boosts)
    if (lasts > after) out.push_back({by, lasts - after});
  return out;
}

/// Returns boosts that begin at `now`, with their ends.
inline std::vector<priority_boost> begun(std::span<const task_boost> boosts, time_point now) {
  std::vector<priority_boost> out;
  for (const auto& [by, lasts] : boosts) out.push_back({by, now + lasts});
  return out;
}

}  // namespace dunlin
