// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/figures.hpp"

#include <algorithm>

#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"

namespace dunlin::sharing {

namespace {

using std::chrono::nanoseconds;

constexpr std::size_t awaited = crew_size - 1;  // somebody waits for the last one

/// Returns the part of the device that the member held meanwhile, 0 to 1.
double held(const story& of, const phase& during, std::size_t member) {
  nanoseconds sum{0};
  for (const auto& step : of.steps)
    if (step.member == member)
      sum += std::max(nanoseconds{0}, std::min(step.end, during.to) - std::max(step.begin, during.from)) * step.units;
  const auto all = (during.to - during.from).count() * of.units;
  return all == 0 ? 0 : static_cast<double>(sum.count()) / static_cast<double>(all);
}

std::vector<nanoseconds> answer_times(const story& of, const phase& during) {
  std::vector<nanoseconds> out;
  for (const auto& task : of.tasks)
    if (task.member == awaited && task.submitted >= during.from && task.submitted < during.to)
      out.push_back(task.ended - task.submitted);
  std::ranges::sort(out);
  return out;
}

std::string in_words(nanoseconds time) { return cli::duration_in_words(static_cast<std::uint64_t>(time.count())); }

std::size_t tasks_ended(const story& of, const phase& during) {
  return static_cast<std::size_t>(std::ranges::count_if(
      of.tasks, [&](const task_done& task) { return task.ended >= during.from && task.ended < during.to; }));
}

std::string longest_pause(const phase& during) {
  std::optional<nanoseconds> longest;
  for (const auto& pause : during.pauses)
    if (pause && (!longest || *pause > *longest)) longest = pause;
  return longest ? in_words(*longest) : "-";
}

}  // namespace

std::string table_of(const story& of) {
  std::vector<std::string> headings{"PATTERN"};
  for (const auto& name : of.names) headings.push_back(name + " held>");
  for (const auto* more : {"TASKS>", "ANSWER, MEDIAN>", "WORST>", "LONGEST PAUSE>"}) headings.emplace_back(more);
  cli::table rows{std::move(headings)};
  for (const auto& one : of.phases) {
    std::vector<std::string> row{one.pattern};
    for (std::size_t member = 0; member < crew_size; ++member)
      row.push_back(cli::fixed(100 * held(of, one, member), 0) + " %");
    const auto times = answer_times(of, one);
    row.push_back(std::to_string(tasks_ended(of, one)));
    row.push_back(times.empty() ? "-" : in_words(times[times.size() / 2]));
    row.push_back(times.empty() ? "-" : in_words(times.back()));
    row.push_back(longest_pause(one));
    rows.add(std::move(row));
  }
  return rows.render();
}

}  // namespace dunlin::sharing
