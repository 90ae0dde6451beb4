// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "coordination/types.hpp"

namespace dunlin {

/// Raises a priority for a time.
struct priority_boost {
  std::uint8_t by = 1;  ///< 1-9
  time_point until{};
  friend bool operator==(const priority_boost&, const priority_boost&) = default;
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

}  // namespace dunlin
