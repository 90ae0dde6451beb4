// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
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

  /// A use that was allowed, to be handed in with what came of it. What was begun before the breaker last changed says
  /// nothing about it any more.
  using use = std::uint64_t;

  /// Returns a use, or none if it may not be used now; half open, this takes the trial.
  [[nodiscard]] std::optional<use> try_use(time_point now) noexcept;
  /// Returns whether `try_use` would allow one.
  [[nodiscard]] bool would_allow(time_point now) const noexcept;

  void on_success(use of) noexcept;
  void on_failure(use of, time_point now) noexcept;
  /// What was allowed did not come to it: a trial is free again.
  void on_given_up(use of) noexcept;

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
  use now_ = 0;  ///< rises with every change and every trial
};

}  // namespace dunlin
