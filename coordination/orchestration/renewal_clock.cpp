// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/renewal_clock.hpp"

#include <algorithm>

namespace dunlin {

std::uint64_t renewal_clock::sent(time_point now) {
  last_sent_ = now;
  if (in_flight_.size() == max_in_flight) in_flight_.pop_front();
  in_flight_.push_back({++sequence_, now});
  return sequence_;
}

void renewal_clock::answered(std::uint64_t sequence) {
  while (!in_flight_.empty() && in_flight_.front().sequence <= sequence) {
    if (in_flight_.front().sequence == sequence) last_answered_ = in_flight_.front().at;
    in_flight_.pop_front();
  }
}

bool renewal_clock::lapsed(time_point granted, time_point now) const noexcept {
  return now - std::max(granted, last_answered_) >= lease_ * 8 / 10;
}

}  // namespace dunlin
