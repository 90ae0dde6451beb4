// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/credibility.hpp"

#include <algorithm>

namespace dunlin {

void credibility::judge(std::uint64_t allotted, std::uint64_t used) noexcept {
  constexpr std::uint32_t lost_by = 4;
  constexpr std::uint32_t won_by = 16;
  if (allotted == 0) return;
  if (static_cast<double>(used) * 1'000 >= static_cast<double>(allotted) * kept_milli)
    milli_ += (1'000 - milli_ + won_by - 1) / won_by;
  else
    milli_ = std::max(milli_ - milli_ / lost_by, lowest_milli);
}

}  // namespace dunlin
