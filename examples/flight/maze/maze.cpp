// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/maze.hpp"

#include <array>
#include <string>

#include "examples/flight/seeded.hpp"

namespace dunlin::flight::maze {
namespace {

constexpr std::uint8_t opposite(std::uint8_t to) {
  return to == east || to == south ? static_cast<std::uint8_t>(to << 2) : static_cast<std::uint8_t>(to >> 2);
}

/// Returns the ways from `cell` that stay within the rectangle.
std::uint8_t ways_within(const grid& in, std::uint32_t cell) {
  const std::uint32_t column = cell % in.width;
  std::uint8_t ways = 0;
  if (column + 1 < in.width) ways |= east;
  if (column > 0) ways |= west;
  if (cell + in.width < in.cells()) ways |= south;
  if (cell >= in.width) ways |= north;
  return ways;
}

void open_passage(grid& in, std::uint32_t cell, std::uint8_t to) {
  in.open[cell] |= to;
  in.open[in.beside(cell, to)] |= opposite(to);
}

/// Returns a random way from `cell` to a cell that has no passage yet, or 0.
std::uint8_t way_to_untouched(const grid& in, std::uint32_t cell, seeded& random) {
  std::array<std::uint8_t, 4> choices{};
  std::size_t count = 0;
  const std::uint8_t within = ways_within(in, cell);
  for (const std::uint8_t to : all_ways)
    if ((within & to) && in.open[in.beside(cell, to)] == 0) choices[count++] = to;
  return count == 0 ? std::uint8_t{0} : choices[random.below(count)];
}

/// Opens a tree of passages over all cells by a depth-first walk that backs out of dead ends.
void carve_tree(grid& in, seeded& random) {
  std::vector<std::uint32_t> trail{in.start};
  while (!trail.empty()) {
    const std::uint32_t cell = trail.back();
    const std::uint8_t to = way_to_untouched(in, cell, random);
    if (to == 0) {
      trail.pop_back();
      continue;
    }
    open_passage(in, cell, to);
    trail.push_back(in.beside(cell, to));
  }
}

void open_loops(grid& in, double share, seeded& random) {
  for (std::uint32_t cell = 0; cell < in.cells(); ++cell)
    for (const std::uint8_t to : {east, south})
      if ((ways_within(in, cell) & ~in.open[cell] & to) && random.uniform() < share) open_passage(in, cell, to);
}

/// Walls up every passage between one random column and the next.
void seal(grid& in, seeded& random) {
  const auto column = static_cast<std::uint32_t>(random.below(in.width - 1));
  for (std::uint32_t cell = column; cell < in.cells(); cell += in.width) {
    in.open[cell] &= static_cast<std::uint8_t>(~east);
    in.open[cell + 1] &= static_cast<std::uint8_t>(~west);
  }
}

}  // namespace

result<grid> generate(const plan& of) {
  constexpr std::uint32_t longest = 4096;
  if (of.width < 2 || of.height < 2 || of.width > longest || of.height > longest)
    return fail(errc::invalid_argument, std::to_string(of.width) + " x " + std::to_string(of.height) + " cells",
                "2 to 4096 either way");
  if (!(of.loops >= 0 && of.loops <= 1))
    return fail(errc::invalid_argument, "loops " + std::to_string(of.loops), "0 to 1", "loops");
  const std::uint32_t cells = of.width * of.height;
  grid out{of.width, of.height, 0, cells - 1, std::vector<std::uint8_t>(cells)};
  seeded random{of.seed};
  carve_tree(out, random);
  open_loops(out, of.loops, random);
  if (of.sealed) seal(out, random);
  return out;
}

bool is_path(const grid& in, std::span<const std::uint32_t> path) {
  if (path.empty() || path.front() != in.start || path.back() != in.goal) return false;
  for (std::size_t i = 1; i < path.size(); ++i) {
    bool open = false;
    for (const std::uint8_t to : all_ways)
      open = open || ((in.open[path[i - 1]] & to) && in.beside(path[i - 1], to) == path[i]);
    if (!open) return false;
  }
  return true;
}

}  // namespace dunlin::flight::maze
