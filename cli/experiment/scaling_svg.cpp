// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "cli/experiment/scaling.hpp"
#include "cli/picture/svg.hpp"

namespace dunlin::cli {

namespace {

constexpr double panel_width = 300, panel_height = 220, left = 56, top = 64, gap = 76;
using picture::axis;
using picture::colours;
using picture::escaped;

using reading = double (*)(const scaling_point&);

/// The least and the most of what is shown; of nothing, 1 and 1.
std::pair<double, double> range_of(const std::vector<scaling_series>& all, const std::vector<reading>& values) {
  std::vector<double> found;
  for (const auto& series : all)
    for (const auto& point : series.points)
      for (const auto value : values) found.push_back(value(point));
  if (found.empty()) return {1, 1};
  const auto [least, most] = std::ranges::minmax(found);
  return {least, most};
}

/// One diagram: workers (each doubling a step) to the right, a value upwards.
class panel {
 public:
  panel(double x, std::string heading, const std::vector<scaling_series>& all, axis up)
      : x_(x), heading_(std::move(heading)), up_(std::move(up)) {
    for (const auto& series : all)
      for (const auto& point : series.points) {
        most_workers_ = std::max(most_workers_, point.workers);
        if (std::ranges::find(ticks_, point.workers) == ticks_.end()) ticks_.push_back(point.workers);
      }
  }

  [[nodiscard]] std::string frame() const {
    auto out = fmt::format(R"(<text x="{:.1f}" y="{:.1f}" font-weight="bold">{}</text>)", x_, top - 10, heading_);
    for (const auto value : up_.ticks()) {
      out += fmt::format(R"(<line x1="{0:.1f}" y1="{2:.1f}" x2="{1:.1f}" y2="{2:.1f}" stroke="#ddd"/>)", x_,
                         x_ + panel_width, y(value));
      out += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="end" fill="#555">{:.3g}</text>)", x_ - 6,
                         y(value) + 4, value);
    }
    for (const auto workers : ticks_)
      out += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle" fill="#555">{}</text>)", x(workers),
                         top + panel_height + 18, workers);
    return out + fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle" fill="#555">workers</text>)",
                             x_ + panel_width / 2, top + panel_height + 36);
  }

  [[nodiscard]] std::string curve(const scaling_series& series, reading value, const char* colour, bool dashed) const {
    std::string points, dots;
    for (const auto& point : series.points) {
      points += fmt::format("{:.1f},{:.1f} ", x(point.workers), y(value(point)));
      dots += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>)", x(point.workers), y(value(point)),
                          colour);
    }
    return fmt::format(R"(<polyline points="{}" fill="none" stroke="{}" stroke-width="2"{}/>)", points, colour,
                       dashed ? R"( stroke-dasharray="4 4" opacity="0.6")" : "") +
           (dashed ? std::string{} : dots);
  }

 private:
  [[nodiscard]] double x(std::uint32_t workers) const {
    return x_ + (most_workers_ <= 1 ? 0 : panel_width * std::log2(workers) / std::log2(most_workers_));
  }
  [[nodiscard]] double y(double value) const { return top + panel_height * (1 - up_.share(value)); }

  double x_;
  std::string heading_;
  axis up_;
  std::uint32_t most_workers_ = 1;
  std::vector<std::uint32_t> ticks_;
};

std::string legend(const std::vector<scaling_series>& all) {
  std::string out;
  double x = left;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto label = escaped(all[i].kind) + (all[i].waits ? " (waits)" : " (computes)");
    out += fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="12" height="12" fill="{}"/>)", x, top + panel_height + 52,
                       colours[i % colours.size()]);
    out += fmt::format(R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", x + 18, top + panel_height + 62, label);
    x += 40 + 8 * static_cast<double>(label.size());
  }
  return out +
         fmt::format(R"(<text x="{:.1f}" y="{:.1f}" fill="#555">dashed: ideal</text>)", x, top + panel_height + 62);
}

}  // namespace

std::string to_svg(const std::vector<scaling_series>& all, const std::string& title) {
  const reading seconds = [](const scaling_point& p) { return p.seconds; };
  const reading speed_up = [](const scaling_point& p) { return p.speed_up; };
  const reading ideal = [](const scaling_point& p) { return p.ideal; };
  const reading efficiency = [](const scaling_point& p) { return p.efficiency; };
  const auto [shortest, longest] = range_of(all, {seconds});
  const auto [slowest, fastest] = range_of(all, {speed_up, ideal});
  const std::array panels{
      panel{left, "duration, s", all, axis::doubling(shortest, longest)},
      panel{left + panel_width + gap, "speed-up", all, axis::doubling(slowest, fastest)},
      panel{left + 2 * (panel_width + gap), "efficiency", all, axis::even(range_of(all, {efficiency}).second)}};
  const std::array<reading, 3> values{seconds, speed_up, efficiency};
  std::string body;
  for (std::size_t p = 0; p < panels.size(); ++p) {
    body += panels[p].frame();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (p == 1) body += panels[p].curve(all[i], ideal, colours[i % colours.size()], true);
      body += panels[p].curve(all[i], values[p], colours[i % colours.size()], false);
    }
  }
  const double width = left + 3 * panel_width + 2 * gap + 24, height = top + panel_height + 80;
  return picture::document(width, height, left, title, body + legend(all));
}

}  // namespace dunlin::cli
