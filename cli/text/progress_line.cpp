// SPDX-License-Identifier: Apache-2.0
#include "cli/text/progress_line.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"

namespace dunlin::cli {

namespace {

/// On a terminal with fewer columns the bar is shorter, so that more of the label fits.
constexpr std::size_t roomy_columns = 100;
constexpr std::size_t narrow_bar = 10;

std::string percent_in_words(double share) {
  auto out = fixed(std::floor(share * 100), 0);
  out.insert(0, 3 - out.size(), ' ');
  return out + " %";
}

/// Returns as many whole code points of `text` as take `columns`.
std::string cut(std::string text, std::size_t columns) {
  std::size_t at = 0;
  const auto continues = [&] { return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  for (std::size_t taken = 0; taken < columns && at < text.size(); ++taken)
    for (++at; continues(); ++at) continue;
  text.resize(at);
  return text;
}

}  // namespace

std::string render_bar(double share, const std::string& label, std::size_t width) {
  share = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "] " + percent_in_words(share) + "  " + label;
}

void progress_line::show(std::uint64_t done, std::uint64_t total, const std::string& label) {
  if (to_.json() || to_.quiet) return;
  const auto share = total == 0 ? 0.0 : static_cast<double>(done) / static_cast<double>(total);
  if (!to_.live) {
    const auto tenth = static_cast<int>(share * 10);
    if (tenth == last_tenth_) return;
    last_tenth_ = tenth;
    return to_.note(total == 0 ? label : percent_in_words(share) + "  " + label);
  }
  const bool narrow = to_.columns > 1 && to_.columns < roomy_columns;
  auto line = narrow ? render_bar(share, label, narrow_bar) : render_bar(share, label);
  if (to_.columns > 1) line = cut(std::move(line), to_.columns - 1);  // a line that wraps cannot be redrawn
  const auto columns = columns_of(line);
  to_.err << '\r' << line << std::string(drawn_ > columns ? drawn_ - columns : 0, ' ') << std::flush;
  drawn_ = columns;
}

void progress_line::finish() {
  if (drawn_ > 0) to_.err << '\r' << std::string(drawn_, ' ') << '\r' << std::flush;
  drawn_ = 0;
}

}  // namespace dunlin::cli
