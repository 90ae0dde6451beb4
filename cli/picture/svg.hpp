// SPDX-License-Identifier: Apache-2.0
// What all pictures of this program are drawn with.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace dunlin::cli::picture {

inline constexpr std::array<const char*, 4> colours{"#1f6f8b", "#d1495b", "#66a182", "#8d6a9f"};

/// Returns `text` as it may stand in a document.
[[nodiscard]] std::string escaped(std::string_view text);

/// Where a value stands between the bottom (0) and the top (1) of a diagram, and which values have a line.
class axis {
 public:
  /// From 0 to `most` or more, in quarters.
  static axis even(double most);

  /// In powers of two around `least` and `most`: equal steps are equal factors.
  static axis doubling(double least, double most);

  [[nodiscard]] double share(double value) const;
  [[nodiscard]] const std::vector<double>& ticks() const noexcept { return ticks_; }

 private:
  double low_ = 0, high_ = 1;
  bool logarithmic_ = false;
  std::vector<double> ticks_;
};

/// Returns a white picture of `body` with its title at `left`. Units: pixels.
[[nodiscard]] std::string document(double width, double height, double left, const std::string& title,
                                   const std::string& body);

}  // namespace dunlin::cli::picture
