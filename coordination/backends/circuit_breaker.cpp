// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/circuit_breaker.hpp"

#include <algorithm>

namespace dunlin {

std::string_view to_string(breaker_state state) noexcept {
  switch (state) {
    case breaker_state::closed:
      return "closed";
    case breaker_state::open:
      return "open";
    case breaker_state::half_open:
      return "half_open";
  }
  return "unknown";
}

breaker_state circuit_breaker::state(time_point now) const noexcept {
  if (!tripped_) return breaker_state::closed;
  return now < until_ ? breaker_state::open : breaker_state::half_open;
}

bool circuit_breaker::would_allow(time_point now) const noexcept {
  const auto is = state(now);
  return is == breaker_state::closed || (is == breaker_state::half_open && !trial_);
}

bool circuit_breaker::try_use(time_point now) noexcept {
  if (!would_allow(now)) return false;
  if (tripped_) trial_ = true;
  return true;
}

void circuit_breaker::on_success() noexcept {
  // What was begun before it opened says nothing about it now.
  if (tripped_ && !trial_) return;
  failures_ = 0;
  tripped_ = trial_ = false;
  rest_ = limits_.rest;
}

void circuit_breaker::on_failure(time_point now) noexcept {
  if (tripped_) {
    if (!trial_) return;
    trial_ = false;
    rest_ = std::min(rest_ * 2, limits_.longest_rest);
    until_ = now + rest_;
    return;
  }
  if (++failures_ < limits_.failures) return;
  tripped_ = true;
  until_ = now + rest_;
}

time_point circuit_breaker::opens_until(time_point now) const noexcept {
  return state(now) == breaker_state::open ? until_ : now;
}

}  // namespace dunlin
