// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "examples/flight/maze/maze.hpp"
#include "examples/flight/maze/solution.hpp"
#include "examples/flight/maze/team.hpp"

namespace dunlin::flight::maze {

/// Finds a shortest path breadth first, level by level: the threads of `by` share out each frontier and
/// claim the cells beyond it atomically. The length is always the same, the path one of the shortest.
/// Thread: as `by`.
solution solve_parallel_bfs(const grid& in, team& by);

}  // namespace dunlin::flight::maze
