// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::flight::digits {

inline constexpr std::size_t pixels_per_digit = 64;
inline constexpr std::size_t classes = 10;

/// Handwritten digits and what they show.
struct dataset {
  std::vector<float> pixels;         ///< Shape: [digits, 64], row-major, 0..1
  std::vector<std::uint8_t> labels;  ///< 0..9, one a digit

  std::size_t size() const noexcept { return labels.size(); }

  /// Returns the pixels of digit `index`.
  std::span<const float> image(std::size_t index) const noexcept {
    return std::span{pixels}.subspan(index * pixels_per_digit, pixels_per_digit);
  }

  static auto fields(auto& d) { return std::tie(d.pixels, d.labels); }
};

/// Reads a gzip-compressed file of lines "p0,…,p63,label" with pixels 0-16 and labels 0-9.
/// Errors: not_found (no such file), too_large, malformed (not gzip, or a line that is none; the context
/// names file and line).
result<dataset> read_dataset(const std::string& path);

/// Parses the text that such a file holds; `name` stands for it in errors. Errors: malformed.
result<dataset> parse_dataset(std::string_view text, const std::string& name);

}  // namespace dunlin::flight::digits
