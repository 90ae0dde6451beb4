// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// How often a supervisor restarts a child before it gives up.
struct restart_limit {
  std::uint32_t intensity = 5;  ///< restarts allowed within `period`
  duration period = 30s;
  duration first_delay = 100ms;  ///< before the first restart in a period; doubles with each further one
  duration max_delay = 5s;
};

/// The rule of one supervised child. More than `intensity` ends within `period` mean that restarting does not help and
/// the matter goes up. Source: Erlang/OTP, supervisor behaviour, maximum restart intensity.
class DUNLIN_EXPORT restart_policy {
 public:
  explicit restart_policy(const restart_limit& limit = {}) noexcept : limit_(limit) {}

  /// The child ended without being asked to. Returns how long to wait before starting it again; none: give up.
  [[nodiscard]] std::optional<duration> on_down(time_point now);

  /// Returns how many ends count at the last `on_down`.
  [[nodiscard]] std::size_t recent() const noexcept { return ends_.size(); }

 private:
  [[nodiscard]] duration delay() const noexcept;

  restart_limit limit_;
  std::vector<time_point> ends_;  // within the period, oldest first; at most intensity + 1; most children never end
};

}  // namespace dunlin
