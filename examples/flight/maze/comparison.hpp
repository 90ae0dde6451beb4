// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <tuple>

#include "coordination/result.hpp"
#include "examples/flight/maze/maze.hpp"
#include "examples/flight/maze/solution.hpp"
#include "examples/flight/maze/team.hpp"

namespace dunlin::flight::maze {

/// A run of mazes with consecutive seeds. Every third has loops, every eighth is sealed.
struct batch {
  std::uint64_t first_seed = 0;
  std::uint32_t count = 10;
  std::uint32_t width = 64;
  std::uint32_t height = 64;
  static auto fields(auto& b) { return std::tie(b.first_seed, b.count, b.width, b.height); }
};

/// What the solvers made of a batch; counts of batches add up.
struct comparison {
  std::uint64_t mazes = 0;
  std::uint64_t unreachable = 0;    ///< all solvers agree that there is no way
  std::uint64_t disagreements = 0;  ///< mazes with different lengths, or a path that leads through a wall
  std::uint64_t length = 0;         ///< of all shortest paths together
  std::uint64_t expanded_a_star = 0;
  std::uint64_t expanded_bfs = 0;

  void add(const comparison& other) noexcept;
  static auto fields(auto& c) {
    return std::tie(c.mazes, c.unreachable, c.disagreements, c.length, c.expanded_a_star, c.expanded_bfs);
  }
};

/// Returns the plan of maze `index` of a batch.
plan plan_of(const batch& of, std::uint32_t index);

/// Checks what the solvers found in one maze against each other, and the paths against the walls. The
/// wave tells a length only.
comparison judge(const grid& in, const solution& a_star, const solution& bfs, const solution& wave);

/// Generates a batch, solves each maze by A*, by parallel breadth-first search and by the wave, and judges
/// what they found. Errors: invalid_argument (as generate). Thread: as `by`.
result<comparison> compare_batch(const batch& of, team& by);

}  // namespace dunlin::flight::maze
