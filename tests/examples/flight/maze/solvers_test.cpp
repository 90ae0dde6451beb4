// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <deque>

#include "examples/flight/maze/a_star.hpp"
#include "examples/flight/maze/comparison.hpp"
#include "examples/flight/maze/parallel_bfs.hpp"
#include "examples/flight/maze/wave.hpp"

namespace dunlin::flight::maze {
namespace {

/// The plainest search there is, to judge the others by. Returns the length or `unvisited`.
std::uint32_t reference_length(const grid& in) {
  std::vector<std::uint32_t> steps(in.cells(), unvisited);
  std::deque<std::uint32_t> queue{in.start};
  steps[in.start] = 0;
  for (; !queue.empty(); queue.pop_front())
    for (const std::uint8_t to : all_ways) {
      if (!(in.open[queue.front()] & to)) continue;
      const std::uint32_t next = in.beside(queue.front(), to);
      if (steps[next] != unvisited) continue;
      steps[next] = steps[queue.front()] + 1;
      queue.push_back(next);
    }
  return steps[in.goal];
}

std::uint32_t length_of(const solution& found) { return found.reached ? found.length : unvisited; }

TEST(MazeSolvers, AgreeWithThePlainestSearchOnAThousandMazes) {
  team pair{2};
  std::uint64_t unreachable = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const plan of{seed, static_cast<std::uint32_t>(2 + seed % 71), static_cast<std::uint32_t>(2 + seed % 37),
                  seed % 3 == 0 ? 0.15 : 0.0, seed % 8 == 7};
    const grid maze = generate(of).value();
    const std::uint32_t expected = reference_length(maze);
    unreachable += expected == unvisited;

    const solution a_star = solve_a_star(maze), bfs = solve_parallel_bfs(maze, pair);
    ASSERT_EQ(length_of(a_star), expected) << "A*, seed " << seed;
    ASSERT_EQ(length_of(bfs), expected) << "breadth first, seed " << seed;
    ASSERT_EQ(length_of(solve_wave(maze)), expected) << "wave, seed " << seed;
    if (expected == unvisited) continue;
    ASSERT_TRUE(is_path(maze, a_star.path)) << seed;
    ASSERT_TRUE(is_path(maze, bfs.path)) << seed;
  }
  EXPECT_EQ(unreachable, 125u);
}

TEST(MazeSolvers, LargeFrontiersAreSharedAmongThreads) {
  // Without walls the frontier is a diagonal of up to 1 500 cells, past the size worth sharing.
  const grid plain = generate({1, 1500, 1500, 1.0}).value();
  for (const unsigned threads : {1u, 2u, 3u}) {
    team some{threads};
    const solution found = solve_parallel_bfs(plain, some);
    EXPECT_EQ(found.length, 2998u) << threads;
    EXPECT_TRUE(is_path(plain, found.path)) << threads;
  }
  EXPECT_EQ(solve_wave(plain).length, 2998u);
}

TEST(MazeSolvers, AStarLooksAtFewerCells) {
  team one{1};
  const grid open = generate({3, 100, 100, 0.5}).value();

  EXPECT_LT(solve_a_star(open).expanded, solve_parallel_bfs(open, one).expanded);
}

TEST(MazeSolvers, StandingOnTheGoalIsALengthOfZero) {
  team one{1};
  grid maze = generate({1, 5, 5}).value();
  maze.goal = maze.start;

  for (const solution& found : {solve_a_star(maze), solve_parallel_bfs(maze, one), solve_wave(maze)}) {
    EXPECT_TRUE(found.reached);
    EXPECT_EQ(found.length, 0u);
  }
}

TEST(MazeComparison, BatchesCountAndAddUp) {
  team one{1};
  comparison parts = *compare_batch({0, 30, 20, 20}, one);
  parts.add(*compare_batch({30, 10, 20, 20}, one));
  const comparison whole = *compare_batch({0, 40, 20, 20}, one);

  EXPECT_EQ(whole.mazes, 40u);
  EXPECT_EQ(whole.unreachable, 5u);
  EXPECT_EQ(whole.disagreements, 0u);
  EXPECT_GT(whole.length, 0u);
  EXPECT_EQ(comparison::fields(parts), comparison::fields(whole));
}

TEST(MazeComparison, NoticesWrongLengthsAndPathsThroughWalls) {
  const grid maze = generate({4, 12, 12}).value();
  const solution right = solve_a_star(maze);
  solution longer = right, blind = right, lost;
  ++longer.length;
  blind.path.erase(blind.path.begin() + 1);

  EXPECT_EQ(judge(maze, right, right, right).disagreements, 0u);
  EXPECT_EQ(judge(maze, longer, right, right).disagreements, 1u);
  EXPECT_EQ(judge(maze, right, right, longer).disagreements, 1u);
  EXPECT_EQ(judge(maze, right, lost, right).disagreements, 1u);
  EXPECT_EQ(judge(maze, right, blind, right).disagreements, 1u);
}

TEST(MazeTeam, EveryPartRunsOnceARound) {
  team three{3};
  std::vector<int> runs(3);
  for (int round = 0; round < 100; ++round) three.run([&runs](unsigned part) { ++runs[part]; });

  EXPECT_EQ(runs, (std::vector{100, 100, 100}));
}

}  // namespace
}  // namespace dunlin::flight::maze
