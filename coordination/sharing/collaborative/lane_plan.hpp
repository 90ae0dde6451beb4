// SPDX-License-Identifier: Apache-2.0
// Whose share is made of units, and whose of turns.
#pragma once

#include <cstdint>
#include <vector>

#include "coordination/export.hpp"

namespace dunlin {

/// Shares are in millionths of the device.
inline constexpr std::uint64_t whole_share = 1'000'000;

/// Returns how many units each has to itself; 0 = it takes turns with others on the units that are left, in proportion
/// to its share. If there is a unit at least for everybody, each has its own, rounded up. Else those have whose share
/// is whole units, to within a hundredth: so nobody gets more than a hundredth less than its share.
DUNLIN_EXPORT std::vector<std::uint32_t> own_units(const std::vector<std::uint64_t>& shares, std::uint32_t units);

}  // namespace dunlin
