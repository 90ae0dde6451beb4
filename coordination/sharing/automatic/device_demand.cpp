// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/device_demand.hpp"

#include <algorithm>

namespace dunlin {

std::uint32_t width_of(const share_wish& wish, std::uint32_t units) noexcept {
  const std::uint64_t milli = std::max(wish.compute_milli, wish.most_milli);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>((units * milli + 999) / 1'000, 1, std::max(units, 1U)));
}

std::uint32_t agent_demand::width(std::uint32_t units) const noexcept {
  return most_units == 0 ? width_of(wish, units) : std::min(most_units, std::max(units, 1U));
}

duration agent_demand::step_on(std::uint32_t granted, std::uint32_t units) const noexcept {
  return std::max(step / std::clamp(granted, 1U, width(units)), duration{1});
}

}  // namespace dunlin
