// SPDX-License-Identifier: Apache-2.0
#include "coordination/membership/restart_policy.hpp"

#include <algorithm>

namespace dunlin {

std::optional<duration> restart_policy::on_down(time_point now) {
  std::erase_if(ends_, [&](time_point end) { return end + limit_.period <= now; });
  if (ends_.size() > limit_.intensity) ends_.erase(ends_.begin());  // given up before: stays within intensity + 1
  ends_.push_back(now);
  if (ends_.size() > limit_.intensity) return std::nullopt;
  return delay();
}

duration restart_policy::delay() const noexcept {
  auto delay = std::min(limit_.first_delay, limit_.max_delay);
  for (std::size_t further = 1; further < ends_.size() && delay < limit_.max_delay; ++further)
    delay = delay > limit_.max_delay / 2 ? limit_.max_delay : delay * 2;
  return delay;
}

}  // namespace dunlin
