// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/payload.hpp"
#include "examples/flight/plan.hpp"

namespace dunlin::flight {

namespace {

constexpr double least_median = 0.975;
constexpr double least_worst = 0.955;
constexpr double grover_error = 1e-9;
constexpr double vqe_error = 1e-3;
constexpr double most_sigmas = 3;
constexpr std::uint64_t least_mazes = 1'000;

template <class... Values>
std::string text(const char* form, Values... values) {
  char out[256];
  std::snprintf(out, sizeof out, form, values...);
  return out;
}

/// The results of one kind; `broken` counts tasks without a result that can be read.
template <class Report>
struct answers {
  std::vector<std::pair<const task_record*, Report>> read;
  std::size_t broken = 0;
};

template <class Report>
answers<Report> answers_of(const std::vector<task_record>& tasks, const char* kind) {
  answers<Report> out;
  for (const auto& task : tasks) {
    if (task.spec.shape.kind != kind) continue;
    auto report = from_payload<Report>(task.status.output);
    if (task.status.state == task_state::succeeded && report)
      out.read.emplace_back(&task, std::move(*report));
    else
      ++out.broken;
  }
  return out;
}

quality finish(const char* kind, std::size_t broken, bool holds, std::string line) {
  if (broken > 0) line += text(", %zu tasks without an answer", broken);
  return {kind, holds && broken == 0, std::move(line)};
}

quality check_digits(const std::vector<task_record>& tasks) {
  const auto all = answers_of<digits::fold_report>(tasks, digits_kind);
  std::vector<digits::fold_report> folds;
  double by_writer = 0;
  for (const auto& [task, report] : all.read)
    if (task->spec.name == "digits-by-writer")
      by_writer = report.accuracy();
    else
      folds.push_back(report);
  const auto brief = digits::summarise(folds);
  const bool holds = brief.median >= least_median && brief.worst >= least_worst && !folds.empty();
  return finish(digits_kind, all.broken, holds,
                text("%zu folds: median %.2f %% (>= 97.5), worst %.2f %% (>= 95.5); unseen writers %.2f %%",
                     folds.size(), brief.median * 100, brief.worst * 100, by_writer * 100));
}

quality check_quantum(const std::vector<task_record>& tasks) {
  const auto all = answers_of<quantum_report>(tasks, quantum_kind);
  double grover = 0;
  double vqe = 0;
  std::map<double, quantum::fidelity_sums> noise;  // by what theory says, which differs between the levels
  for (const auto& [task, report] : all.read) {
    const double off = std::abs(report.found - report.theory);
    if (report.what == quantum_task::grover) grover = std::max(grover, off);
    if (report.what == quantum_task::vqe) vqe = std::max(vqe, off);
    if (report.what == quantum_task::noise) noise[report.theory].add(report.sums);
  }
  double sigmas = 0;
  for (const auto& [theory, sums] : noise)
    sigmas = std::max(sigmas, std::abs(sums.mean() - theory) / sums.standard_error());
  const bool holds = grover <= grover_error && vqe <= vqe_error && sigmas <= most_sigmas && noise.size() == 3;
  return finish(
      quantum_kind, all.broken, holds,
      text("Grover off by %.1e (<= 1e-9), VQE by %.1e (<= 1e-3), noise by %.2f sigma (<= 3)", grover, vqe, sigmas));
}

quality check_mazes(const std::vector<task_record>& tasks) {
  const auto all = answers_of<maze::comparison>(tasks, maze_kind);
  maze::comparison sum;
  for (const auto& [task, report] : all.read) sum.add(report);
  return finish(maze_kind, all.broken, sum.mazes >= least_mazes && sum.disagreements == 0,
                text("%llu mazes, %llu without a way, %llu disagreements between three solvers (0)",
                     static_cast<unsigned long long>(sum.mazes), static_cast<unsigned long long>(sum.unreachable),
                     static_cast<unsigned long long>(sum.disagreements)));
}

/// True if one of the hits is from the document that answers the question.
bool finds(const task_record& task, const retrieval_report& report) {
  const auto number = std::strtoul(task.spec.name.c_str() + task.spec.name.rfind('-') + 1, nullptr, 10);
  const std::string wanted = flight_queries()[number].document;
  return std::ranges::any_of(
      report.documents, [&](const std::string& document) { return document.find("/" + wanted) != std::string::npos; });
}

quality check_retrieval(const std::vector<task_record>& tasks) {
  const auto all = answers_of<retrieval_report>(tasks, retrieval_kind);
  std::size_t passages = 0;
  std::size_t found = 0;
  std::size_t caught = 0;
  std::size_t held = 0;
  std::size_t faithful = 0;
  for (const auto& [task, report] : all.read) {
    if (report.step == retrieval_step::count) passages += report.items;
    if (report.step == retrieval_step::retrieve) found += finds(*task, report) ? 1 : 0;
    if (report.step == retrieval_step::verify) {
      held += report.items;
      caught += report.rejects_a_false_one ? 1 : 0;
    }
    if (report.step == retrieval_step::synthesise) faithful += report.is_faithful ? 1 : 0;
  }
  const auto queries = flight_queries().size();
  return finish(
      retrieval_kind, all.broken, found == queries && caught == queries && faithful == queries,
      text("%zu passages; %zu of %zu questions find their document, %zu citations hold, %zu of %zu false ones "
           "caught, %zu summaries faithful",
           passages, found, queries, held, caught, queries, faithful));
}

}  // namespace

std::vector<quality> check_answers(const std::vector<task_record>& tasks) {
  return {check_digits(tasks), check_quantum(tasks), check_mazes(tasks), check_retrieval(tasks)};
}

}  // namespace dunlin::flight
