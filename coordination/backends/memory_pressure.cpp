// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/memory_pressure.hpp"

#include <algorithm>
#include <limits>

namespace dunlin {

namespace {

bool is_share(double value) noexcept { return value > 0 && value <= 1; }

}  // namespace

result<memory_pressure> memory_pressure::make(std::uint64_t capacity_bytes, const pressure_limits& limits) {
  if (!is_share(limits.high) || !is_share(limits.low) || limits.low > limits.high)
    return fail(errc::invalid_argument, "the marks of memory pressure are above 0 and at most 1, the low one first", {},
                "low");
  if (!is_share(limits.smoothing) || !is_share(limits.trend_smoothing))
    return fail(errc::invalid_argument, "a smoothing is above 0 and at most 1", {}, "smoothing");
  return memory_pressure{capacity_bytes, limits};
}

void memory_pressure::on_sample(std::uint64_t used_bytes, time_point now) noexcept {
  used_ = static_cast<double>(used_bytes);
  if (!last_) {
    level_ = used_;
  } else if (now > *last_) {
    const auto passed = static_cast<double>((now - *last_).count());
    const auto before = level_;
    level_ = limits_.smoothing * used_ + (1 - limits_.smoothing) * (level_ + trend_ * passed);
    trend_ = limits_.trend_smoothing * (level_ - before) / passed + (1 - limits_.trend_smoothing) * trend_;
  }
  last_ = now;
  const auto full = full_in();
  const bool will_be_full = full && *full <= limits_.horizon;
  if (used_ >= limits_.high * capacity_ || will_be_full)
    pressed_ = true;
  else if (used_ < limits_.low * capacity_)
    pressed_ = false;
}

std::optional<duration> memory_pressure::full_in() const noexcept {
  const auto left = limits_.high * capacity_ - std::max(level_, used_);
  if (left <= 0) return duration{};
  if (trend_ <= 0) return std::nullopt;
  const auto ns = left / trend_;
  if (ns >= static_cast<double>(std::numeric_limits<duration::rep>::max())) return std::nullopt;
  return duration{static_cast<duration::rep>(ns)};
}

result<void> memory_pressure::admit(std::uint64_t bytes) const {
  if (!pressed_ || bytes == 0) return {};
  const auto percent = static_cast<int>(100 * used_ / std::max(capacity_, 1.0));
  const auto full = full_in();
  return fail(
      errc::overloaded,
      "memory is under pressure: " + std::to_string(percent) + " % in use" +
          (full ? ", full in " + std::to_string(full->count() / 1'000'000) + " ms if it goes on" : std::string{}),
      "try again when less is in use");
}

}  // namespace dunlin
