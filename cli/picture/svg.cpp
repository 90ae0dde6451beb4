// SPDX-License-Identifier: Apache-2.0
#include "cli/picture/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dunlin::cli::picture {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

axis axis::even(double most) {
  axis out;
  out.high_ = std::max(1.0, std::ceil(most * 4) / 4);
  for (double at = 0; at <= out.high_; at += 0.25) out.ticks_.push_back(at);
  return out;
}

axis axis::doubling(double least, double most) {
  axis out;
  out.logarithmic_ = true;
  const auto first = std::floor(std::log2(std::max(least, 1e-6)));
  const auto last = std::max(first + 1, std::ceil(std::log2(std::max(most, 1e-6))));
  out.low_ = std::exp2(first);
  out.high_ = std::exp2(last);
  for (double at = first; at <= last; ++at) out.ticks_.push_back(std::exp2(at));
  return out;
}

double axis::share(double value) const {
  if (!logarithmic_) return value / high_;
  return std::clamp(std::log2(std::max(value, low_) / low_) / std::log2(high_ / low_), 0.0, 1.0);
}

std::string document(double width, double height, double left, const std::string& title, const std::string& body) {
  return fmt::format(
             R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.0f} {1:.0f}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/><text x="{2:.1f}" y="24" font-size="16">{3}</text>{4}</svg>)",
             width, height, left, escaped(title), body) +
         "\n";
}

}  // namespace dunlin::cli::picture
