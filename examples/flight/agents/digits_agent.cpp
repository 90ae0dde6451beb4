// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/digits_agent.hpp"

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/agents/task_watcher.hpp"
#include "examples/flight/digits/fold.hpp"
#include "examples/flight/payload.hpp"

namespace dunlin::flight {

namespace {

constexpr double train_share = 0.8;
constexpr std::uint32_t folds = digits::training_config{}.folds;

result<digits::fold_report> run(const digits::dataset& data, const digits_job& job, watcher& by) {
  if (!job.by_writer) return digits::train_fold(data, job.seed, job.fold, {}, &by);
  const auto split = digits::file_order_split(data.size(), train_share);
  if (!split) return fail(error{split.error()});
  return digits::train_split(data, *split, job.seed, {}, &by);
}

}  // namespace

result<bytes> digits_agent::handle(task_context& task) {
  const auto job = from_payload<digits_job>(task.payload());
  if (!job) return fail(error{job.error()});
  if (job->fold >= folds)
    return fail(errc::invalid_argument, "fold " + std::to_string(job->fold), "0 to " + std::to_string(folds - 1),
                "payload.fold");
  if (auto loaded = load(job->data); !loaded) return fail(std::move(loaded.error()));
  task_watcher epochs{task, "training"};
  const auto report = run(digits_, *job, epochs);
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
