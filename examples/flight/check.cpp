// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>
#include <utility>

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/payload.hpp"
#include "examples/flight/quantum/ising.hpp"
#include "examples/flight/questions.hpp"

namespace dunlin::flight {

namespace {

constexpr double least_median = 0.975;
constexpr double least_worst = 0.955;
constexpr double grover_error = 1e-9;
constexpr double vqe_error = 1e-3;
constexpr double most_sigmas = 3;

using records_by_name = std::map<std::string_view, const task_record*>;

template <class... Values>
std::string text(const char* form, Values... values) {
  char out[256];
  std::snprintf(out, sizeof out, form, values...);
  return out;
}

/// What was asked of the agents of one kind, and what they answered.
template <class Job, class Report>
struct answers {
  std::vector<std::pair<Job, Report>> read;
  std::size_t broken = 0;  ///< planned tasks without an answer that can be read
};

template <class Job, class Report>
answers<Job, Report> answers_of(const std::vector<task_spec>& plan, const records_by_name& ended, const char* kind) {
  answers<Job, Report> out;
  for (const auto& spec : plan) {
    if (spec.shape.kind != kind) continue;
    const auto record = ended.find(spec.name);
    const bool succeeded = record != ended.end() && record->second->status.state == task_state::succeeded;
    auto job = from_payload<Job>(spec.payload);
    auto report = from_payload<Report>(succeeded ? record->second->status.output : bytes{});
    if (job && report)
      out.read.emplace_back(std::move(*job), std::move(*report));
    else
      ++out.broken;
  }
  return out;
}

template <class Answers>
quality finish(const char* kind, const Answers& all, bool holds, std::vector<std::string> facts) {
  if (all.broken > 0) facts.push_back(text("%zu tasks without an answer", all.broken));
  return {kind, holds && all.broken == 0 && !all.read.empty(), std::move(facts)};
}

quality check_digits(const std::vector<task_spec>& plan, const records_by_name& ended) {
  const auto all = answers_of<digits_job, digits::fold_report>(plan, ended, digits_kind);
  std::vector<digits::fold_report> folds;
  double by_writer = 0;
  bool matches = true;
  for (const auto& [job, report] : all.read)
    if (job.by_writer) {
      by_writer = report.accuracy();
    } else {
      folds.push_back(report);
      matches &= report.seed == job.seed && report.fold == job.fold && report.correct <= report.tested;
    }
  const auto brief = digits::summarise(folds);
  const bool holds = matches && brief.median >= least_median && brief.worst >= least_worst;
  return finish(digits_kind, all, holds,
                {text("%zu folds: median %.2f %% (>= 97.5), worst %.2f %% (>= 95.5)", folds.size(), brief.median * 100,
                      brief.worst * 100),
                 text("unseen writers: %.2f %%", by_writer * 100)});
}

/// Keeps the worst of what is off; what is no number is as bad as can be.
void keep_worst(double& worst, double off) { worst = std::isnan(off) ? HUGE_VAL : std::max(worst, off); }

double distance_to_closed_form(const quantum::grover_search& asked, double found) {
  const auto marked = static_cast<double>(asked.marked.size());
  return std::abs(found - quantum::grover_closed_form(std::exp2(asked.qubits), marked, quantum::iterations_of(asked)));
}

/// The sums of all parts of one noise level, and what the density matrix says of it.
struct noise_level {
  quantum::fidelity_sums sums;
  double exact = 0;

  [[nodiscard]] double sigmas() const { return std::abs(sums.mean() - exact) / sums.standard_error(); }
};

quality check_quantum(const std::vector<task_spec>& plan, const records_by_name& ended) {
  const auto all = answers_of<quantum_job, quantum_report>(plan, ended, quantum_kind);
  double grover = 0;
  double vqe = 0;
  std::map<double, noise_level> noise;
  for (const auto& [job, report] : all.read) {
    if (job.what == quantum_task::grover) keep_worst(grover, distance_to_closed_form(job.grover, report.found));
    if (job.what == quantum_task::vqe)
      keep_worst(vqe, std::abs(report.found - quantum::exact_ground_energy(job.vqe.chain).value_or(HUGE_VAL)));
    if (job.what != quantum_task::noise) continue;
    auto& level = noise[job.noise.noise_level];
    level.sums.add(report.sums);
    level.exact = quantum::exact_fidelity(job.noise).value_or(HUGE_VAL);
  }
  double sigmas = 0;
  for (const auto& [level, found] : noise) keep_worst(sigmas, found.sigmas());
  return finish(
      quantum_kind, all, grover <= grover_error && vqe <= vqe_error && sigmas <= most_sigmas,
      {text("Grover's success off by %.1e (<= 1e-9)", grover), text("VQE's energy off by %.1e (<= 1e-3)", vqe),
       text("noise off by %.2f standard errors (<= 3)", sigmas)});
}

quality check_mazes(const std::vector<task_spec>& plan, const records_by_name& ended) {
  const auto all = answers_of<maze::batch, maze::comparison>(plan, ended, maze_kind);
  maze::comparison sum;
  std::uint64_t asked = 0;
  for (const auto& [job, report] : all.read) {
    asked += job.count;
    sum.add(report);
  }
  return finish(maze_kind, all, sum.mazes == asked && sum.disagreements == 0,
                {text("%zu mazes, %zu of them without a way", std::size_t{sum.mazes}, std::size_t{sum.unreachable}),
                 text("%zu disagreements between three solvers (0)", std::size_t{sum.disagreements})});
}

/// True if a passage that the summary cites answers the question.
bool answers_it(const retrieval_job& job, const retrieval::summary& answer) {
  if (job.number >= flight_questions().size()) return false;
  return std::ranges::any_of(answer.citations, [&](const retrieval::citation& claim) {
    return says(claim.cited.text, flight_questions()[job.number].answer);
  });
}

/// True if every quote stands in the passage that it cites, and every passage in its document.
bool stands(const retrieval_job& job, const retrieval::summary& answer) {
  return retrieval::is_faithful(answer) && std::ranges::all_of(answer.citations, [&](const retrieval::citation& claim) {
           const auto judged = retrieval::verify(job.query, claim);
           return judged && judged->holds;
         });
}

quality check_retrieval(const std::vector<task_spec>& plan, const records_by_name& ended) {
  const auto all = answers_of<retrieval_job, retrieval_report>(plan, ended, retrieval_kind);
  std::size_t passages = 0;
  std::size_t asked = 0;
  std::size_t answered = 0;
  std::size_t caught = 0;
  std::size_t held = 0;
  std::size_t standing = 0;
  for (const auto& [job, report] : all.read) {
    if (job.step == retrieval_step::embed) passages += report.items;
    if (job.step == retrieval_step::verify) ++asked, held += report.items, caught += report.rejects_a_false_one ? 1 : 0;
    if (job.step != retrieval_step::synthesise) continue;
    standing += stands(job, report.answer) ? 1 : 0;
    answered += answers_it(job, report.answer) ? 1 : 0;
  }
  return finish(retrieval_kind, all, asked > 0 && answered == asked && caught == asked && standing == asked,
                {text("%zu of %zu questions answered from %zu passages", answered, asked, passages),
                 text("%zu citations stand, %zu of %zu false ones found out", held, caught, asked),
                 text("%zu of %zu summaries quote word for word", standing, asked)});
}

}  // namespace

std::vector<quality> check_answers(const std::vector<task_spec>& plan, const std::vector<task_record>& ended) {
  records_by_name by_name;
  for (const auto& record : ended) by_name.emplace(record.spec.name, &record);
  return {check_digits(plan, by_name), check_quantum(plan, by_name), check_mazes(plan, by_name),
          check_retrieval(plan, by_name)};
}

}  // namespace dunlin::flight
