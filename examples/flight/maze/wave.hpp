// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "examples/flight/maze/maze.hpp"
#include "examples/flight/maze/solution.hpp"

namespace dunlin::flight::maze {

/// Finds the length of a shortest path breadth first with one bit a cell: each step moves the whole
/// frontier at once, as many cells as a vector register has bits. Fills in no path and counts each cell
/// of the frontiers as expanded. Thread: any.
solution solve_wave(const grid& in);

}  // namespace dunlin::flight::maze
