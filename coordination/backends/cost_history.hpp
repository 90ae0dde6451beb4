// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "coordination/types.hpp"

namespace dunlin {

/// How long a kind of work takes on a backend, by its size, as measured: one mean for each doubling of the size, newer
/// times counting more. Sizes in between and beyond are read off the nearest doubling, in proportion.
class DUNLIN_EXPORT cost_history {
 public:
  /// Times of a doubling until it is trusted: the first runs load code and fill caches.
  static constexpr std::uint32_t enough = 3;

  /// `size`: whatever the work grows with, above 0.
  void observe(const std::string& kind, const std::string& backend, std::uint64_t size, duration took);

  /// Returns none before `enough` times of some doubling were seen.
  [[nodiscard]] std::optional<duration> estimate(const std::string& kind, const std::string& backend,
                                                 std::uint64_t size) const;

 private:
  struct mean_time {
    double ns_per_unit = 0;
    std::uint32_t seen = 0;
  };
  using by_doubling = std::array<mean_time, 64>;

  std::map<std::pair<std::string, std::string>, by_doubling> known_;
};

}  // namespace dunlin
