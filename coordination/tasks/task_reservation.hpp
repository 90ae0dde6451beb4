// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// Keeps the share of a device that a task asks for free for it, ahead of time.
struct task_reservation {
  std::chrono::milliseconds starts_in{0};  ///< from the submission on
  std::chrono::milliseconds lasts{0};      ///< > 0
  static auto fields(auto& m) { return std::tie(m.starts_in, m.lasts); }
  static constexpr std::array field_names{"starts_in_ms", "lasts_ms"};
  friend bool operator==(const task_reservation&, const task_reservation&) = default;
};

/// Of one task: it has one share of one device.
inline constexpr std::size_t most_task_reservations = 1;

/// None ends later than that after its submission.
inline constexpr std::chrono::milliseconds furthest_reservation = std::chrono::hours{24 * 7};

/// Returns what is left of them so long after the submission: those that are not over. A clock that went back since
/// then prolongs none.
inline std::vector<task_reservation> left_of(std::span<const task_reservation> reserved,
                                             std::chrono::milliseconds after) {
  std::vector<task_reservation> out;
  after = std::max(after, std::chrono::milliseconds{0});
  for (const auto& one : reserved) {
    const auto end = one.starts_in + one.lasts;
    if (end <= after) continue;
    const auto starts_in = std::max(one.starts_in - after, std::chrono::milliseconds{0});
    out.push_back({starts_in, end - std::max(one.starts_in, after)});
  }
  return out;
}

}  // namespace dunlin
