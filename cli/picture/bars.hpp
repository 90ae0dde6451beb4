// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dunlin::cli::picture {

/// One measured value, with the ends of its samples.
struct bar {
  std::string name;
  double value = 0;
  double min = 0;
  double max = 0;
  bool marked = false;  ///< the one that the picture is about
};

/// Returns a picture of bars side by side, upwards from 1, or from the power of two below the least; a line through
/// each shows its ends. `unit` says what the values are.
[[nodiscard]] std::string bars_svg(const std::vector<bar>& bars, const std::string& title, const std::string& unit);

}  // namespace dunlin::cli::picture
