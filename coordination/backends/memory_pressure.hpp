// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

struct pressure_limits {
  double high = 0.9;       ///< of the capacity: above it the memory counts as full
  double low = 0.75;       ///< below it, and without a growth that fills it, it is calm again
  duration horizon = 5s;   ///< it is under pressure if it will be full within this
  double smoothing = 0.3;  ///< of the level, 0..1: how much the newest sample counts
  double trend_smoothing = 0.2;
};

/// Foresees that a memory will be full, from how its use grows, and keeps new requests away before it is. The forecast
/// is Holt's: a level and a trend, each smoothed. Invariants: under pressure nothing that would raise the use is
/// admitted; pressure ends only below `low`, so that it does not flicker. Source: Holt, Forecasting seasonals and
/// trends by exponentially weighted moving averages, ONR 1957.
class DUNLIN_EXPORT memory_pressure {
 public:
  /// Errors: invalid_argument (limits outside 0..1, or low above high).
  static result<memory_pressure> make(std::uint64_t capacity_bytes, const pressure_limits& limits = {});

  void on_sample(std::uint64_t used_bytes, time_point now) noexcept;
  /// An allocation failed: that counts as pressure whatever the samples say.
  void on_exhausted() noexcept { pressed_ = true; }

  [[nodiscard]] bool is_pressed() const noexcept { return pressed_; }
  /// Returns how long until it is full if it goes on like this; none if it does not grow.
  [[nodiscard]] std::optional<duration> full_in() const noexcept;
  /// Errors: overloaded, with when it is expected to be full.
  [[nodiscard]] result<void> admit(std::uint64_t bytes) const;

 private:
  memory_pressure(std::uint64_t capacity_bytes, const pressure_limits& limits) noexcept
      : limits_(limits), capacity_(static_cast<double>(capacity_bytes)) {}

  pressure_limits limits_;
  double capacity_;
  double used_ = 0;   ///< last sample
  double level_ = 0;  ///< smoothed
  double trend_ = 0;  ///< bytes in a nanosecond
  std::optional<time_point> last_;
  bool pressed_ = false;
};

}  // namespace dunlin
