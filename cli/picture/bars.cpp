// SPDX-License-Identifier: Apache-2.0
#include "cli/picture/bars.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/picture/svg.hpp"

namespace dunlin::cli::picture {

namespace {

constexpr double left = 56, top = 64, height = 240, slot = 120, width = 64;

double y_of(const axis& up, double value) { return top + height * (1 - up.share(value)); }

std::string line(double x1, double y1, double x2, double y2, const char* colour) {
  return fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>)", x1, y1, x2, y2, colour);
}

std::string text(double x, double y, const char* anchor, const std::string& what) {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="#333">{}</text>)", x, y, anchor,
                     escaped(what));
}

std::string draw(const bar& one, double x, const axis& up) {
  const auto y = y_of(up, one.value);
  const auto middle = x + width / 2;
  return fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>)", x, y, width,
                     top + height - y, colours[one.marked ? 1 : 0]) +
         line(middle, y_of(up, one.min), middle, y_of(up, one.max), "#333") +
         text(middle, y_of(up, std::max(one.max, one.value)) - 6, "middle", fmt::format("{:.2f}", one.value)) +
         text(middle, top + height + 18, "middle", one.name);
}

}  // namespace

std::string bars_svg(const std::vector<bar>& bars, const std::string& title, const std::string& unit) {
  double least = 1, most = 1;
  for (const auto& one : bars) {
    least = std::min({least, one.value, one.min});
    most = std::max({most, one.value, one.max});
  }
  const auto up = axis::doubling(least, most);
  const auto right = left + slot * static_cast<double>(std::max<std::size_t>(bars.size(), 1));
  auto body = text(left, top - 12, "start", unit);
  for (const auto tick : up.ticks())
    body += line(left, y_of(up, tick), right, y_of(up, tick), "#ddd") +
            text(left - 6, y_of(up, tick) + 4, "end", fmt::format("{:.3g}", tick));
  for (std::size_t i = 0; i < bars.size(); ++i)
    body += draw(bars[i], left + slot * static_cast<double>(i) + (slot - width) / 2, up);
  return document(right + 24, top + height + 40, left, title, body);
}

}  // namespace dunlin::cli::picture
