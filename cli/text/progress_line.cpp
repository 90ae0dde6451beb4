// SPDX-License-Identifier: Apache-2.0
#include "cli/text/progress_line.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"

namespace dunlin::cli {

std::string render_bar(double share, const std::string& label, std::size_t width) {
  share = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  auto percent = fixed(std::floor(share * 100), 0);
  percent.insert(0, 3 - percent.size(), ' ');
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "] " + percent + " %  " + label;
}

void progress_line::show(std::uint64_t done, std::uint64_t total, const std::string& label) {
  if (to_.json() || to_.quiet) return;
  const auto share = total == 0 ? 0.0 : static_cast<double>(done) / static_cast<double>(total);
  if (!to_.live) {
    const auto tenth = static_cast<int>(share * 10);
    if (tenth == last_tenth_) return;
    last_tenth_ = tenth;
    return to_.note(label);
  }
  const auto line = render_bar(share, label);
  const auto columns = columns_of(line);
  to_.err << '\r' << line << std::string(drawn_ > columns ? drawn_ - columns : 0, ' ') << std::flush;
  drawn_ = columns;
}

void progress_line::finish() {
  if (drawn_ > 0) to_.note("");
  drawn_ = 0;
}

}  // namespace dunlin::cli
