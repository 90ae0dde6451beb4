// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

/// Checks what a device says was used against the time that there was: Σ busy <= wall × units, since somebody held it.
/// Figures that are only an upper bound prove nothing and are left out.
class use_audit {
 public:
  explicit use_audit(std::uint32_t units) noexcept : units_(units) {}

  /// The first holder came after a time without any.
  void begin(time_point now) noexcept {
    since_ = now;
    busy_ns_ = 0;
  }

  void add(const share_use& more) noexcept {
    if (more.busy_is == exactness::exact || more.busy_is == exactness::weighted) busy_ns_ += more.busy_ns;
  }

  /// Returns what is wrong, in words; empty if nothing.
  [[nodiscard]] std::string check(time_point now) const {
    const auto wall = static_cast<double>((now - since_).count());
    const auto possible = (wall + slack_ns) * (1 + clocks_apart) * units_;
    if (static_cast<double>(busy_ns_) <= possible) return {};
    return std::to_string(busy_ns_) + " ns of use are counted in " + std::to_string((now - since_).count()) +
           " ns on " + std::to_string(units_) + " units";
  }

 private:
  static constexpr double slack_ns = 1e6;       ///< between the readings of two clocks
  static constexpr double clocks_apart = 1e-3;  ///< a processor's clock is not the wall's

  std::uint32_t units_;
  time_point since_{};
  std::uint64_t busy_ns_ = 0;
};

}  // namespace dunlin
