// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/a_star.hpp"

namespace dunlin::flight::maze {
namespace {

/// One search. Estimates of whole paths are small integers that never fall, so the open cells wait in
/// buckets by estimate rather than in a heap.
class search {
 public:
  explicit search(const grid& in) : in_{in}, came_from_(in.cells(), unvisited), steps_(in.cells(), unvisited) {}

  solution run() {
    reach(in_.start, in_.start, 0);
    for (std::size_t estimate = 0; estimate < buckets_.size(); ++estimate)
      while (!buckets_[estimate].empty()) {
        const std::uint32_t cell = buckets_[estimate].back();
        buckets_[estimate].pop_back();
        if (estimate_of(cell) != estimate) continue;  // a shorter way to it was found since
        if (cell == in_.goal) return trace_back(came_from_, in_.start, in_.goal, expanded_);
        expand(cell);
      }
    return trace_back(came_from_, in_.start, in_.goal, expanded_);
  }

 private:
  std::size_t estimate_of(std::uint32_t cell) const { return steps_[cell] + distance_to_goal(cell); }

  std::size_t distance_to_goal(std::uint32_t cell) const {
    const auto apart = [](std::uint32_t a, std::uint32_t b) { return a > b ? a - b : b - a; };
    return apart(cell % in_.width, in_.goal % in_.width) + apart(cell / in_.width, in_.goal / in_.width);
  }

  void expand(std::uint32_t cell) {
    ++expanded_;
    for (const std::uint8_t to : all_ways)
      if (in_.open[cell] & to) reach(in_.beside(cell, to), cell, steps_[cell] + 1);
  }

  void reach(std::uint32_t cell, std::uint32_t from, std::uint32_t steps) {
    if (steps >= steps_[cell]) return;
    steps_[cell] = steps;
    came_from_[cell] = from;
    const std::size_t estimate = estimate_of(cell);
    if (estimate >= buckets_.size()) buckets_.resize(estimate + 1);
    buckets_[estimate].push_back(cell);
  }

  const grid& in_;
  std::vector<std::uint32_t> came_from_;
  std::vector<std::uint32_t> steps_;
  std::vector<std::vector<std::uint32_t>> buckets_;
  std::uint64_t expanded_ = 0;
};

}  // namespace

solution solve_a_star(const grid& in) { return search{in}.run(); }

}  // namespace dunlin::flight::maze
