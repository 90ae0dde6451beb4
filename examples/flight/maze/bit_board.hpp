// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "examples/flight/maze/maze.hpp"

namespace dunlin::flight::maze {

using word = std::uint64_t;

/// One bit a cell, 64 to a word, row after row. Words without cells lie before and after each row, and
/// rows without cells above and below, so that the neighbours of every word can be read, whatever the
/// width of a vector.
struct bit_board {
  explicit bit_board(const grid& in);

  /// Where the bit of a cell lies.
  struct place {
    std::size_t at;
    word bit;
  };
  place place_of(const grid& in, std::uint32_t cell) const noexcept;

  static constexpr std::size_t margin = 8;  ///< words: as many as the widest vector in use

  std::size_t used_words;                 ///< of a row, from the margin on
  std::size_t row_words;                  ///< with whole vectors and both margins
  std::array<std::vector<word>, 4> ways;  ///< cells open to the east, south, west, north
  std::vector<word> frontier;
  std::vector<word> next;
  std::vector<word> seen;
};

}  // namespace dunlin::flight::maze
