// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/gantt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/picture/svg.hpp"
#include "cli/text/in_words.hpp"
#include "examples/sharing/gantt_rows.hpp"

namespace dunlin::sharing {

namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr double left = 196, width = 1'000, gap = 18;
constexpr double walk_top = 78, walk_row = 52, close_row = 34, bar_part = 0.62;
constexpr auto close_length = 160ms;

std::string text(double x, double y, std::string_view words, std::string_view more = {}) {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" {}>{}</text>)", x, y, more, cli::picture::escaped(words));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view stroke) {
  return fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" {}/>)", x1, y1, x2, y2, stroke);
}

std::string box(double x, double y, double w, double h, std::string_view fill) {
  return fmt::format(R"(<rect x="{:.2f}" y="{:.1f}" width="{:.2f}" height="{:.1f}" {}/>)", x, y, w, h, fill);
}

std::string filled(std::size_t member) { return fmt::format(R"(fill="{}")", cli::picture::colours[member]); }

std::string in_words(nanoseconds pause) {
  return pause < 1us ? "< 1 us" : cli::duration_in_words(static_cast<std::uint64_t>(pause.count()));
}

/// Time to the right, the agents below each other.
class chart {
 public:
  chart(const story& of, const stretch& shown, double x, double y, double w, double row)
      : of_(of), shown_(shown), x_(x), y_(y), width_(w), row_(row) {}

  [[nodiscard]] double x(moment at) const {
    const auto share = std::chrono::duration<double>(at - shown_.from) / (shown_.to - shown_.from);
    return x_ + width_ * std::clamp(share, 0.0, 1.0);
  }
  [[nodiscard]] double top(std::size_t member) const { return y_ + row_ * static_cast<double>(member); }
  [[nodiscard]] double bottom() const { return top(crew_size); }
  [[nodiscard]] nanoseconds per_pixel() const {
    return nanoseconds{static_cast<std::int64_t>(static_cast<double>((shown_.to - shown_.from).count()) / width_)};
  }

  [[nodiscard]] std::string background() const {
    std::string out = box(x_, y_, width_, row_ * crew_size, R"(fill="#f7f7f5")");
    for (std::size_t member = 0; member <= crew_size; ++member)
      out += line(x_, top(member), x_ + width_, top(member), R"(stroke="#ddd")");
    return out;
  }

  /// A thin line while an agent has a task, whether it runs or waits.
  [[nodiscard]] std::string wishes() const {
    std::string out;
    for (const auto& task : of_.tasks) {
      if (task.ended <= shown_.from || task.submitted >= shown_.to) continue;
      const auto from = x(task.submitted), to = x(task.ended);
      out += box(from, top(task.member) + row_ * 0.9, std::max(to - from, 0.6), 2.5,
                 filled(task.member) + R"( opacity="0.45")");
    }
    return out;
  }

  [[nodiscard]] std::string bars(const std::vector<step_taken>& steps) const {
    std::string out;
    const auto unit = row_ * bar_part / of_.units;
    for (const auto& bar : bars_of(steps, shown_, per_pixel() * 7 / 10)) {
      const auto from = x(bar.begin), to = x(bar.end);
      out += box(from, top(bar.member) + row_ * 0.2 + unit * bar.first_unit, std::max(to - from, 0.4), unit * bar.units,
                 filled(bar.member));
    }
    return out;
  }

  /// `step` a tick, named by `name(how long after the begin)`.
  template <class Name>
  [[nodiscard]] std::string axis(nanoseconds step, Name name) const {
    std::string out;
    for (nanoseconds at{0}; shown_.from + at <= shown_.to; at += step) {
      const auto here = x(shown_.from + at);
      out += line(here, bottom(), here, bottom() + 4, R"(stroke="#999")");
      const auto* anchor = here + 1 >= x_ + width_ ? "end" : "middle";  // so that it does not reach into the next one
      out += text(here, bottom() + 17, name(at), fmt::format(R"(text-anchor="{}" fill="#555" font-size="11")", anchor));
    }
    return out;
  }

 private:
  const story& of_;
  stretch shown_;
  double x_, y_, width_, row_;
};

std::string names(const story& of, const chart& rows, double row, bool with_character) {
  std::string out;
  for (std::size_t member = 0; member < crew_size; ++member) {
    const auto y = rows.top(member) + row / 2;
    out += text(16, y + (with_character ? -2 : 4), of.names[member],
                fmt::format(R"(font-weight="bold" fill="{}")", cli::picture::colours[member]));
    if (with_character) out += text(16, y + 13, of.characters[member], R"(fill="#555" font-size="11")");
  }
  return out;
}

/// Where the pattern changed, its name, and how long the change kept each agent.
std::string switches(const story& of, const chart& rows) {
  std::string out;
  for (const auto& one : of.phases) {
    const auto x = rows.x(one.from);
    out += line(x, walk_top - 24, x, rows.bottom(), R"(stroke="#333" stroke-dasharray="3 3")");
    out += text(x + 5, walk_top - 13, one.pattern, R"(font-weight="bold")");
    for (std::size_t member = 0; member < crew_size; ++member)
      if (one.pauses[member])
        out += text(x + 5, rows.top(member) + walk_row * 0.17, "paused " + in_words(*one.pauses[member]),
                    R"(font-size="9" fill="#333")");
  }
  return out;
}

std::string whole_walk(const story& of, const std::vector<step_taken>& steps) {
  const chart rows{of, {of.phases.front().from, of.phases.back().to}, left, walk_top, width, walk_row};
  return rows.background() + rows.wishes() + rows.bars(steps) + switches(of, rows) + names(of, rows, walk_row, true) +
         rows.axis(2s, [](nanoseconds at) { return std::to_string(at / 1s) + " s"; });
}

std::string close_up(const story& of, const std::vector<step_taken>& steps, std::size_t index, double y) {
  const auto& during = of.phases[index];
  const auto each = (width - gap * static_cast<double>(of.phases.size() - 1)) / static_cast<double>(of.phases.size());
  const auto x = left + static_cast<double>(index) * (each + gap);
  const chart rows{of, busiest(steps, during, close_length), x, y, each, close_row};
  return rows.background() + rows.wishes() + rows.bars(steps) +
         text(x, y - 8, during.pattern, R"(font-weight="bold")") +
         (index == 0 ? names(of, rows, close_row, false) : std::string{}) +
         rows.axis(80ms, [](nanoseconds at) { return std::to_string(at / 1ms) + (at == 160ms ? " ms" : ""); });
}

std::string legend(const story& of, double y) {
  const auto whole = of.units == 1 ? std::string{"the device's only unit"}
                                   : "full height: all " + std::to_string(of.units) + " units of the device";
  return text(16, y,
              "bar: a step on the device, as high as the units that it had (" + whole +
                  ") · thin line: the agent has a task, at work or waiting · paused: how long the switch kept it",
              R"(fill="#555" font-size="11")");
}

}  // namespace

std::string to_svg(const story& of) {
  const auto steps = with_units(of);
  const auto second = walk_top + walk_row * crew_size + 78;
  std::string body;
  if (!of.phases.empty()) {
    body += whole_walk(of, steps);
    body += text(16, second - 30, fmt::format("{} ms of each, in which steps can be told apart", close_length / 1ms),
                 R"(font-size="13")");
    for (std::size_t i = 0; i < of.phases.size(); ++i) body += close_up(of, steps, i, second);
  }
  const auto end = second + close_row * crew_size + 46;
  return cli::picture::document(left + width + 30, end + 16, 16, "Four agents share one device in five ways",
                                body + legend(of, end));
}

}  // namespace dunlin::sharing
