// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "examples/flight/maze/maze.hpp"
#include "examples/flight/maze/solution.hpp"

namespace dunlin::flight::maze {

/// Finds a shortest path by A* with the Manhattan distance, which never overestimates.
/// Source: Hart, Nilsson, Raphael, "A formal basis for the heuristic determination of minimum cost
/// paths". Thread: any.
solution solve_a_star(const grid& in);

}  // namespace dunlin::flight::maze
