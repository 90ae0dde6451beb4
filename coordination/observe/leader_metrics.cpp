// SPDX-License-Identifier: Apache-2.0
#include "coordination/observe/leader_metrics.hpp"

#include <algorithm>
#include <bit>

namespace dunlin {

void duration_histogram::add(std::uint64_t nanoseconds) noexcept {
  const auto doublings = static_cast<std::size_t>(std::bit_width(nanoseconds / 1'000));
  const auto bucket = doublings <= 2 ? 0 : (doublings - 1) / 2;
  ++counts_[std::min(bucket, bounds)];
  sum_ns_ += nanoseconds;
}

metric duration_histogram::to_metric(std::string name, std::string help) const {
  metric out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.kind = metric::kind_type::histogram;
  double bound = 4e-6;
  for (std::size_t i = 0; i < bounds; ++i, bound *= 4) out.bucket_bounds.push_back(bound);
  out.bucket_counts.assign(counts_.begin(), counts_.end());
  out.sum = static_cast<double>(sum_ns_) * 1e-9;
  return out;
}

void leader_metrics::on_writes(const transaction& writes) noexcept {
  for (const auto& write : writes.writes) {
    if (std::holds_alternative<insert_task>(write)) {
      ++transitions_[static_cast<std::size_t>(transition::submit)];
    } else if (const auto* update = std::get_if<update_task>(&write)) {
      ++transitions_[static_cast<std::size_t>(update->what)];
      if (update->what == transition::succeed) {
        queue_.add(update->status.usage.queue_ns);
        run_.add(update->status.usage.run_ns);
      }
    }
  }
}

void leader_metrics::snapshot(metric_snapshot& out) const {
  for (std::size_t i = 1; i < transitions_.size(); ++i)
    if (const auto name = to_string(static_cast<transition>(i)); name != "none" && name != "renew")
      out.metrics.push_back({"dunlin_task_transitions_total",
                             "Stored task transitions by kind.",
                             metric::kind_type::counter,
                             {{"transition", std::string{name}}},
                             static_cast<double>(transitions_[i])});
  out.metrics.push_back({"dunlin_tasks_placed_total",
                         "Grants handed to nodes.",
                         metric::kind_type::counter,
                         {},
                         static_cast<double>(placed_)});
  out.metrics.push_back({"dunlin_submits_refused_total",
                         "Batches refused at submit.",
                         metric::kind_type::counter,
                         {},
                         static_cast<double>(refused_)});
  out.metrics.push_back(queue_.to_metric("dunlin_task_queue_seconds", "Time between a grant's arrival and its start."));
  out.metrics.push_back(run_.to_metric("dunlin_task_run_seconds", "Wall time of handlers that succeeded."));
}

}  // namespace dunlin
