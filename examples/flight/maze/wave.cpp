// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/wave.hpp"

#include <algorithm>
#include <bit>

#include "examples/flight/maze/bit_board.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "examples/flight/maze/wave.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::flight::maze::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Writes to `next` the unseen cells beside the frontier in `rows` rows from `first` on, and marks them
/// as seen.
void advance_lanes(bit_board& b, std::size_t first, std::size_t rows) {
  const hn::CappedTag<word, bit_board::margin> d;
  const word* f = b.frontier.data();
  const auto moving = [&](std::size_t at, int way) {
    return hn::And(hn::LoadU(d, f + at), hn::LoadU(d, b.ways[way].data() + at));
  };
  for (std::size_t row = first; row < first + rows; ++row)
    for (std::size_t i = 0; i < b.used_words; i += hn::Lanes(d)) {
      const std::size_t at = row * b.row_words + bit_board::margin + i;
      const auto to_east = hn::Or(hn::ShiftLeft<1>(moving(at, 0)), hn::ShiftRight<63>(moving(at - 1, 0)));
      const auto to_west = hn::Or(hn::ShiftRight<1>(moving(at, 2)), hn::ShiftLeft<63>(moving(at + 1, 2)));
      const auto upright = hn::Or(moving(at - b.row_words, 1), moving(at + b.row_words, 3));
      const auto seen = hn::LoadU(d, b.seen.data() + at);
      const auto fresh = hn::AndNot(seen, hn::Or(upright, hn::Or(to_east, to_west)));
      hn::StoreU(fresh, d, b.next.data() + at);
      hn::StoreU(hn::Or(seen, fresh), d, b.seen.data() + at);
    }
}

}  // namespace dunlin::flight::maze::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::flight::maze {

HWY_EXPORT(advance_lanes);

namespace {

/// Returns how many cells of rows [first, last] are in the frontier, and narrows the rows to those that
/// have any.
std::uint64_t count_frontier(const bit_board& b, std::size_t& first, std::size_t& last) {
  std::uint64_t count = 0;
  std::size_t lowest = last + 1, highest = first;
  for (std::size_t row = first; row <= last; ++row) {
    const std::uint64_t before = count;
    const word* words = b.frontier.data() + row * b.row_words + bit_board::margin;
    for (std::size_t i = 0; i < b.used_words; ++i) count += static_cast<std::uint64_t>(std::popcount(words[i]));
    if (count == before) continue;
    lowest = std::min(lowest, row);
    highest = row;
  }
  first = lowest;
  last = highest;
  return count;
}

/// Clears what `next` still holds of an older frontier, as far as the step after this one reads.
void clear_around(bit_board& b, std::size_t first, std::size_t last) {
  const std::size_t from = (std::max<std::size_t>(first, 2) - 2) * b.row_words;
  const std::size_t to = std::min((last + 3) * b.row_words, b.next.size());
  std::fill(b.next.begin() + static_cast<std::ptrdiff_t>(from), b.next.begin() + static_cast<std::ptrdiff_t>(to), 0);
}

}  // namespace

solution solve_wave(const grid& in) {
  bit_board b{in};
  const auto start = b.place_of(in, in.start);
  const auto goal = b.place_of(in, in.goal);
  b.frontier[start.at] = b.seen[start.at] = start.bit;
  std::size_t first = in.start / in.width + 1, last = first;
  std::uint64_t expanded = 0;
  std::uint32_t length = 0;
  while (!(b.seen[goal.at] & goal.bit)) {
    const std::uint64_t cells = count_frontier(b, first, last);
    if (cells == 0) return {false, 0, expanded, {}};
    expanded += cells;
    ++length;
    first = std::max<std::size_t>(first - 1, 1);
    last = std::min<std::size_t>(last + 1, in.height);
    clear_around(b, first, last);
    HWY_DYNAMIC_DISPATCH(advance_lanes)(b, first, last - first + 1);
    b.frontier.swap(b.next);
  }
  return {true, length, expanded, {}};
}

}  // namespace dunlin::flight::maze
#endif
