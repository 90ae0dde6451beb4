// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/digits_agent.hpp"

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/digits/fold.hpp"
#include "examples/flight/payload.hpp"

namespace dunlin::flight {

namespace {

constexpr double train_share = 0.8;

result<digits::fold_report> run(const digits::dataset& data, const digits_job& job) {
  if (!job.by_writer) return digits::train_fold(data, job.seed, job.fold, {});
  const auto split = digits::file_order_split(data.size(), train_share);
  if (!split) return fail(error{split.error()});
  return digits::train_split(data, *split, job.seed, {});
}

}  // namespace

result<bytes> digits_agent::handle(task_context& task) {
  const auto job = from_payload<digits_job>(task.payload());
  if (!job) return fail(error{job.error()});
  if (auto loaded = load(job->data); !loaded) return fail(std::move(loaded.error()));
  task.progress(5, "training");
  const auto report = run(digits_, *job);
  if (!report) return fail(error{report.error()});
  task.progress(100, "tested", report->tested, report->tested);
  return to_payload(*report);
}

result<void> digits_agent::load(const std::string& path) {
  if (path == path_) return {};
  auto read = digits::read_dataset(path);
  if (!read) return fail(std::move(read.error()));
  digits_ = std::move(*read);
  path_ = path;
  return {};
}

}  // namespace dunlin::flight
