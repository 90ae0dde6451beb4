// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/redial.hpp"

#include <algorithm>

namespace dunlin::link {

duration redial::next(std::uint64_t random) noexcept {
  constexpr std::uint32_t last_doubling = 20;
  const auto attempt = attempts_;
  if (attempts_ < ~std::uint32_t{0}) ++attempts_;
  if (attempt == 0) return duration{0};
  const auto doubled = timing_.first * (std::int64_t{1} << std::min(attempt - 1, last_doubling));
  const auto pause = std::chrono::duration<double, std::nano>{std::min<duration>(timing_.cap, doubled)};
  const auto factor = 0.5 + static_cast<double>(random >> 11) * 0x1p-53;
  return std::chrono::duration_cast<duration>(pause * factor);
}

}  // namespace dunlin::link
