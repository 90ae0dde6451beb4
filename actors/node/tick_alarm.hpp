// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

#include "coordination/types.hpp"

namespace dunlin {

/// Whether an actor has a tick under way that comes in time. One too many does no harm.
class tick_alarm {
 public:
  /// Returns after what pause, at most `longest`, to send the next one; none = it is under way, or there is nothing to
  /// wait for.
  [[nodiscard]] std::optional<duration> set(std::optional<time_point> next, time_point now, duration longest) {
    if (!next) return std::nullopt;
    const auto pause = std::clamp<duration>(*next - now, std::chrono::milliseconds{1}, longest);
    if (under_way_ && *under_way_ <= now + pause) return std::nullopt;
    under_way_ = now + pause;
    return pause;
  }
  void on_tick() noexcept { under_way_.reset(); }

 private:
  std::optional<time_point> under_way_;
};

}  // namespace dunlin
