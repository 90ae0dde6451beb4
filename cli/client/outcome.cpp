// SPDX-License-Identifier: Apache-2.0
#include "cli/client/outcome.hpp"

#include <algorithm>
#include <cmath>

#include "cli/text/printable.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

constexpr std::size_t most_failures = 5;

void print_failures(const console& to, const waited_tasks& waited) {
  std::size_t shown = 0;
  for (const auto& task : waited.records) {
    if (task.status.state == task_state::succeeded) continue;
    if (++shown > most_failures) return to.line("… see `dunlin task list --state failed`");
    const auto& name = task.spec.name.empty() ? task.spec.shape.kind : task.spec.name;
    auto line = to_string(task.id);
    line.append(" (").append(name).append(") ").append(to_string(task.status.state));
    if (task.status.code != errc::none) line.append(": ").append(to_string(task.status.code));
    if (!task.status.why.empty()) line.append(": ").append(printable(task.status.why, true));
    to.line(line);
  }
}

}  // namespace

int report_outcome(const console& to, const waited_tasks& waited) {
  if (to.json()) {
    to.line(json::to_json(json::task_page{waited.records, std::nullopt}));
  } else {
    to.line(waited.tally.in_words());
    print_failures(to, waited);
  }
  return waited.tally.all_succeeded() ? exit_code::ok : exit_code::failed;
}

std::chrono::milliseconds patience_of(double seconds) noexcept {
  constexpr double most_s = 1e9;
  if (!std::isfinite(seconds) || seconds <= 0) return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(std::min(seconds, most_s) * 1e3))};
}

}  // namespace dunlin::cli
