// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "coordination/types.hpp"

namespace dunlin {

struct breaker_limits {
  std::uint32_t failures = 5;  ///< in a row, until it opens
  duration rest = 1s;          ///< how long it stays open the first time; doubles with each trial that fails
  duration longest_rest = 60s;
};

enum class breaker_state : std::uint8_t {
  closed,     ///< in use
  open,       ///< not in use, until it has rested
  half_open,  ///< one trial is allowed, or under way
};

[[nodiscard]] DUNLIN_EXPORT std::string_view to_string(breaker_state state) noexcept;

/// Keeps work away from something that fails, and tries it again now and then. After `failures` in a row it opens;
/// after a rest it lets one trial through, whose success closes it and whose failure doubles the rest. Invariants:
/// open, it allows nothing; half open, at most one trial is under way. Source: Nygard: Release It!, Stability Patterns.
class DUNLIN_EXPORT circuit_breaker {
 public:
  explicit circuit_breaker(const breaker_limits& limits = {}) noexcept : limits_(limits), rest_(limits.rest) {}

  /// Returns whether it may be used now; half open, this takes the trial: its end is to be told, or `on_given_up`.
  [[nodiscard]] bool try_use(time_point now) noexcept;
  /// Returns the same without taking anything.
  [[nodiscard]] bool would_allow(time_point now) const noexcept;

  void on_success() noexcept;
  void on_failure(time_point now) noexcept;
  /// What was allowed did not come to it: the trial is free again.
  void on_given_up() noexcept { trial_ = false; }

  [[nodiscard]] breaker_state state(time_point now) const noexcept;
  /// Returns when it may be tried again; `now` unless it is open.
  [[nodiscard]] time_point opens_until(time_point now) const noexcept;

 private:
  breaker_limits limits_;
  duration rest_;
  time_point until_{};
  std::uint32_t failures_ = 0;  ///< in a row
  bool tripped_ = false;        ///< open or half open
  bool trial_ = false;
};

}  // namespace dunlin
