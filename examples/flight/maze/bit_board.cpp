// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/bit_board.hpp"

namespace dunlin::flight::maze {

bit_board::bit_board(const grid& in)
    : used_words{(in.width + 63) / 64}, row_words{(used_words + margin - 1) / margin * margin + 2 * margin} {
  const std::size_t words = row_words * (in.height + 2);
  for (std::vector<word>* bits : {&ways[0], &ways[1], &ways[2], &ways[3], &frontier, &next, &seen})
    bits->assign(words, 0);
  for (std::uint32_t cell = 0; cell < in.cells(); ++cell) {
    const place to = place_of(in, cell);
    for (std::size_t way = 0; way < ways.size(); ++way)
      if (in.open[cell] & all_ways[way]) ways[way][to.at] |= to.bit;
  }
}

bit_board::place bit_board::place_of(const grid& in, std::uint32_t cell) const noexcept {
  const std::uint32_t column = cell % in.width;
  const std::size_t row = cell / in.width + 1;  // below the first row without cells
  return {row * row_words + margin + column / 64, word{1} << column % 64};
}

}  // namespace dunlin::flight::maze
