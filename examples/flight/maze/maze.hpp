// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::flight::maze {

/// The ways out of a cell, as bits.
enum way : std::uint8_t { east = 1, south = 2, west = 4, north = 8 };

inline constexpr std::uint8_t all_ways[] = {east, south, west, north};

/// A rectangle of cells with walls between some. Cells count row by row; a passage is open from both
/// its sides, and none leads out of the rectangle.
struct grid {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t start = 0;
  std::uint32_t goal = 0;
  std::vector<std::uint8_t> open;  ///< per cell, the ways that are not walled up

  std::size_t cells() const noexcept { return open.size(); }

  /// Returns the cell that lies `to` one side of `cell`; the caller knows that there is one.
  std::uint32_t beside(std::uint32_t cell, std::uint8_t to) const noexcept {
    switch (to) {
      case east:
        return cell + 1;
      case south:
        return cell + width;
      case west:
        return cell - 1;
      default:
        return cell - width;
    }
  }

  static auto fields(auto& g) { return std::tie(g.width, g.height, g.start, g.goal, g.open); }
};

/// What to generate.
struct plan {
  std::uint64_t seed = 0;
  std::uint32_t width = 32;   ///< 2 to 4096
  std::uint32_t height = 32;  ///< 2 to 4096
  double loops = 0;           ///< share of the inner walls of a perfect maze that is taken away, 0..1
  bool sealed = false;        ///< wall the goal's side off from the start's
  static auto fields(auto& p) { return std::tie(p.seed, p.width, p.height, p.loops, p.sealed); }
};

/// Generates a maze: a random depth-first walk opens a tree of passages over all cells, then loops are
/// opened and, if the plan says so, one column sealed. Start is the first cell, goal the last one.
/// Errors: invalid_argument. Thread: any.
result<grid> generate(const plan& of);

/// Whether `path` leads from start to goal through open passages only.
bool is_path(const grid& in, std::span<const std::uint32_t> path);

}  // namespace dunlin::flight::maze
