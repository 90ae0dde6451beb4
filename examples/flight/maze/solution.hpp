// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

namespace dunlin::flight::maze {

/// A way through a maze, or the knowledge that there is none.
struct solution {
  bool reached = false;
  std::uint32_t length = 0;         ///< steps from start to goal
  std::uint64_t expanded = 0;       ///< cells whose neighbours were looked at
  std::vector<std::uint32_t> path;  ///< cells from start to goal, both included; empty if not reached
  static auto fields(auto& s) { return std::tie(s.reached, s.length, s.expanded, s.path); }
};

/// Marks a cell from which no search has come yet.
inline constexpr std::uint32_t unvisited = std::numeric_limits<std::uint32_t>::max();

/// Walks from `goal` back over the cells that searches came from to `start`, which came from itself.
solution trace_back(const std::vector<std::uint32_t>& came_from, std::uint32_t start, std::uint32_t goal,
                    std::uint64_t expanded);

}  // namespace dunlin::flight::maze
