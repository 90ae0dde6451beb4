// SPDX-License-Identifier: Apache-2.0
// Private to the negotiation: what is left once needs are met goes to whom it is worth most.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coordination/sharing/collaborative/fair_division.hpp"

namespace dunlin {

/// One party can use more, up to `cap`, and says what each further part of that is worth.
struct extra_demand {
  std::size_t who = 0;  ///< index of its vessel
  std::uint32_t value = 0;
  std::uint64_t cap = 0;
};

/// Hands out `rest`, the most valued demand first; equally valued ones are met fairly. Returns what nobody values.
std::uint64_t give_by_value(std::span<vessel> oldest_first, std::vector<extra_demand> demands, std::uint64_t rest);

}  // namespace dunlin
