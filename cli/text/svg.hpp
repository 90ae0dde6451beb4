// SPDX-License-Identifier: Apache-2.0
// What all pictures that Dunlin draws have in common.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace dunlin::cli {

/// One for each thing shown, in this order; they can be told apart without their hue.
inline constexpr std::array<const char*, 4> picture_colours{"#1f6f8b", "#d1495b", "#66a182", "#8d6a9f"};

/// Returns the text as it stands between two tags.
[[nodiscard]] std::string svg_escaped(std::string_view text);

/// Returns a whole picture on white: a title, whose left end is at `left`, and `body`. Units: pixels.
[[nodiscard]] std::string svg_document(double width, double height, double left, std::string_view title,
                                       std::string_view body);

}  // namespace dunlin::cli
