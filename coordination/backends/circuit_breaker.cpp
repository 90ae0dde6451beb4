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

std::optional<circuit_breaker::use> circuit_breaker::try_use(time_point now) noexcept {
  if (!would_allow(now)) return std::nullopt;
  if (!tripped_) return now_;
  trial_ = true;
  return ++now_;
}

void circuit_breaker::on_success(use of) noexcept {
  if (of != now_ || (tripped_ && !trial_)) return;
  failures_ = 0;
  if (!tripped_) return;
  tripped_ = trial_ = false;
  rest_ = limits_.rest;
  ++now_;
}

void circuit_breaker::on_failure(use of, time_point now) noexcept {
  if (of != now_ || (tripped_ && !trial_)) return;
  if (tripped_)
    rest_ = std::min(rest_ * 2, limits_.longest_rest);
  else if (++failures_ < limits_.failures)
    return;
  tripped_ = true;
  trial_ = false;
  until_ = now + rest_;
  ++now_;
}

void circuit_breaker::on_given_up(use of) noexcept {
  if (of == now_) trial_ = false;
}

time_point circuit_breaker::opens_until(time_point now) const noexcept {
  return state(now) == breaker_state::open ? until_ : now;
}

}  // namespace dunlin
