// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/solution.hpp"

#include <algorithm>

namespace dunlin::flight::maze {

solution trace_back(const std::vector<std::uint32_t>& came_from, std::uint32_t start, std::uint32_t goal,
                    std::uint64_t expanded) {
  solution out;
  out.expanded = expanded;
  if (came_from[goal] == unvisited) return out;
  for (std::uint32_t cell = goal; cell != start; cell = came_from[cell]) out.path.push_back(cell);
  out.path.push_back(start);
  std::ranges::reverse(out.path);
  out.reached = true;
  out.length = static_cast<std::uint32_t>(out.path.size() - 1);
  return out;
}

}  // namespace dunlin::flight::maze
