// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/lane_plan.hpp"

#include <algorithm>
#include <numeric>

namespace dunlin {

namespace {

/// Returns the fewest units that are the share, or a hundredth less than it.
std::uint32_t rounded_up(std::uint64_t share, std::uint32_t units) noexcept {
  const auto least = (share * units * 99 + 100 * whole_share - 1) / (100 * whole_share);
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(least, 1));
}

bool suffices(std::uint64_t units_left, std::uint64_t shares, std::uint32_t units) noexcept {
  return units_left * whole_share * 100 >= shares * units * 99;
}

}  // namespace

std::vector<std::uint32_t> own_units(const std::vector<std::uint64_t>& shares, std::uint32_t units) {
  std::vector<std::uint32_t> out;
  out.reserve(shares.size());
  for (const auto share : shares) out.push_back(rounded_up(share, units));
  if (std::accumulate(out.begin(), out.end(), std::uint64_t{0}) <= units) return out;
  auto left = units;
  auto others = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const bool is_whole = out[i] * whole_share * 100 <= shares[i] * units * 101;
    if (is_whole && out[i] <= left && suffices(left - out[i], others - shares[i], units)) {
      left -= out[i];
      others -= shares[i];
    } else {
      out[i] = 0;
    }
  }
  return out;
}

}  // namespace dunlin
