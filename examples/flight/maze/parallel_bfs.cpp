// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/parallel_bfs.hpp"

#include <atomic>

namespace dunlin::flight::maze {
namespace {

using cells = std::vector<std::uint32_t>;

/// Waking a thread costs about as much as expanding this many cells.
constexpr std::size_t worth_sharing = 1024;

/// One search.
class search {
 public:
  search(const grid& in, team& by) : in_{in}, by_{by}, came_from_(in.cells(), unvisited), found_(by.size()) {}

  solution run() {
    came_from_[in_.start] = in_.start;
    frontier_ = {in_.start};
    std::uint64_t expanded = 0;
    while (!frontier_.empty() && came_from_[in_.goal] == unvisited) {
      expanded += frontier_.size();
      advance();
    }
    return trace_back(came_from_, in_.start, in_.goal, expanded);
  }

 private:
  /// Replaces the frontier by the unvisited cells beside it.
  void advance() {
    if (by_.size() == 1 || frontier_.size() < worth_sharing)
      expand(frontier_, found_[0]);
    else
      by_.run([this](unsigned part) { expand(share_of(part), found_[part]); });
    frontier_.clear();
    for (cells& found : found_) {
      frontier_.insert(frontier_.end(), found.begin(), found.end());
      found.clear();
    }
  }

  std::span<const std::uint32_t> share_of(unsigned part) const {
    const std::size_t from = frontier_.size() * part / by_.size();
    const std::size_t to = frontier_.size() * (part + 1) / by_.size();
    return std::span{frontier_}.subspan(from, to - from);
  }

  void expand(std::span<const std::uint32_t> some, cells& found) {
    for (const std::uint32_t cell : some)
      for (const std::uint8_t to : all_ways)
        if ((in_.open[cell] & to) && claim(in_.beside(cell, to), cell)) found.push_back(in_.beside(cell, to));
  }

  /// Returns whether this call is the one that visits `cell`. Relaxed: nobody reads what another thread
  /// claimed before the level ends, and the team orders the levels.
  bool claim(std::uint32_t cell, std::uint32_t from) {
    std::atomic_ref<std::uint32_t> owner{came_from_[cell]};
    std::uint32_t expected = unvisited;
    return owner.load(std::memory_order_relaxed) == unvisited &&
           owner.compare_exchange_strong(expected, from, std::memory_order_relaxed);
  }

  const grid& in_;
  team& by_;
  cells came_from_;
  cells frontier_;
  std::vector<cells> found_;
};

}  // namespace

solution solve_parallel_bfs(const grid& in, team& by) { return search{in, by}.run(); }

}  // namespace dunlin::flight::maze
