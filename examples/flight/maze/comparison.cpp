// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/comparison.hpp"

#include "examples/flight/maze/a_star.hpp"
#include "examples/flight/maze/parallel_bfs.hpp"
#include "examples/flight/maze/wave.hpp"

namespace dunlin::flight::maze {

void comparison::add(const comparison& other) noexcept {
  mazes += other.mazes;
  unreachable += other.unreachable;
  disagreements += other.disagreements;
  length += other.length;
  expanded_a_star += other.expanded_a_star;
  expanded_bfs += other.expanded_bfs;
}

plan plan_of(const batch& of, std::uint32_t index) {
  const std::uint64_t seed = of.first_seed + index;
  return {seed, of.width, of.height, seed % 3 == 0 ? 0.1 : 0.0, seed % 8 == 7};
}

comparison judge(const grid& in, const solution& a_star, const solution& bfs, const solution& wave) {
  const auto same = [&a_star](const solution& other) {
    return other.reached == a_star.reached && other.length == a_star.length;
  };
  const bool sound = !a_star.reached || (is_path(in, a_star.path) && is_path(in, bfs.path));
  comparison out;
  out.mazes = 1;
  out.unreachable = !a_star.reached;
  out.disagreements = !(same(bfs) && same(wave) && sound);
  out.length = a_star.length;
  out.expanded_a_star = a_star.expanded;
  out.expanded_bfs = bfs.expanded;
  return out;
}

result<comparison> compare_batch(const batch& of, team& by) {
  comparison total;
  for (std::uint32_t i = 0; i < of.count; ++i) {
    const auto maze = generate(plan_of(of, i));
    if (!maze) return fail(maze.error());
    total.add(judge(*maze, solve_a_star(*maze), solve_parallel_bfs(*maze, by), solve_wave(*maze)));
  }
  return total;
}

}  // namespace dunlin::flight::maze
