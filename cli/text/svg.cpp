// SPDX-License-Identifier: Apache-2.0
#include "cli/text/svg.hpp"

#include <fmt/format.h>

namespace dunlin::cli {

std::string svg_escaped(std::string_view text) {
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

std::string svg_document(double width, double height, double left, std::string_view title, std::string_view body) {
  return fmt::format(
             R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.0f} {1:.0f}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/><text x="{2:.1f}" y="24" font-size="16">{3}</text>{4}</svg>)",
             width, height, left, svg_escaped(title), body) +
         "\n";
}

}  // namespace dunlin::cli
