// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/maze.hpp"

#include <gtest/gtest.h>

#include <bit>

namespace dunlin::flight::maze {
namespace {

/// Counts each passage from both its sides.
std::size_t openings(const grid& in) {
  std::size_t count = 0;
  for (const std::uint8_t ways : in.open) count += static_cast<std::size_t>(std::popcount(ways));
  return count;
}

TEST(Maze, WithoutLoopsIsATreeOverAllCells) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto maze = generate({seed, 17, 9});
    ASSERT_TRUE(maze);
    EXPECT_EQ(openings(*maze), 2 * (17 * 9 - 1));
    for (const std::uint8_t ways : maze->open) EXPECT_NE(ways, 0);
  }
}

TEST(Maze, PassagesAreOpenFromBothSidesAndStayInside) {
  for (const plan& of : {plan{1, 13, 7, 0.3}, {2, 13, 7, 1.0}, {3, 13, 7, 0.2, true}, {4, 2, 2}}) {
    const auto maze = generate(of);
    for (std::uint32_t cell = 0; cell < maze->cells(); ++cell) {
      const std::uint8_t ways = maze->open[cell];
      EXPECT_FALSE((ways & east) && cell % of.width + 1 == of.width);
      EXPECT_FALSE((ways & west) && cell % of.width == 0);
      EXPECT_FALSE((ways & north) && cell < of.width);
      EXPECT_TRUE(!(ways & east) || (maze->open[cell + 1] & west));
      EXPECT_TRUE(!(ways & south) || (maze->open.at(cell + of.width) & north));
    }
  }
}

TEST(Maze, LoopsOpenWalls) {
  const std::size_t all = 2 * (2 * 20 * 20 - 20 - 20);
  EXPECT_GT(openings(*generate({5, 20, 20, 0.1})), openings(*generate({5, 20, 20, 0})));
  EXPECT_EQ(openings(*generate({5, 20, 20, 1})), all);
}

TEST(Maze, TheSeedAloneDecides) {
  EXPECT_EQ(generate({6, 20, 20})->open, generate({6, 20, 20})->open);
  EXPECT_NE(generate({6, 20, 20})->open, generate({7, 20, 20})->open);
}

TEST(Maze, RefusesSizesAndSharesOutOfRange) {
  for (const plan& bad : {plan{0, 1, 5}, {0, 5, 1}, {0, 5, 5000}, {0, 5, 5, -0.1}, {0, 5, 5, 1.1}})
    EXPECT_EQ(generate(bad).error().code, errc::invalid_argument);
}

TEST(MazePath, MustStepThroughOpenPassagesFromStartToGoal) {
  // Two rows of two cells: 0-1 and 1-3 are open, 2 hangs on 3.
  const grid maze{2, 2, 0, 3, {east, west | south, east, north | west}};

  EXPECT_TRUE(is_path(maze, std::vector<std::uint32_t>{0, 1, 3}));
  EXPECT_FALSE(is_path(maze, std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_FALSE(is_path(maze, std::vector<std::uint32_t>{0, 3}));
  EXPECT_FALSE(is_path(maze, std::vector<std::uint32_t>{1, 3}));
  EXPECT_FALSE(is_path(maze, std::vector<std::uint32_t>{0, 1}));
  EXPECT_FALSE(is_path(maze, std::vector<std::uint32_t>{}));
}

}  // namespace
}  // namespace dunlin::flight::maze
