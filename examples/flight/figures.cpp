// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/figures.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dunlin::flight {

namespace {

percentiles percentiles_of(std::vector<double> all) {
  if (all.empty()) return {};
  std::ranges::sort(all);
  const auto rank = [&all](double share) {
    const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(all.size())));
    return all[std::clamp<std::size_t>(at, 1, all.size()) - 1];
  };
  return {rank(0.50), rank(0.95), rank(0.99)};
}

/// Returns the most intervals that overlap. One that ends when another starts does not.
std::size_t most_at_once(const std::vector<task_record>& tasks) {
  std::vector<std::pair<wall_ms, int>> changes;
  for (const auto& task : tasks) {
    if (task.status.started == 0) continue;
    changes.emplace_back(task.status.started, 1);
    changes.emplace_back(std::max(task.status.finished, task.status.started + 1), -1);
  }
  std::ranges::sort(changes);
  int now = 0;
  int most = 0;
  for (const auto& [at, change] : changes) most = std::max(most, now += change);
  return static_cast<std::size_t>(most);
}

}  // namespace

flight_figures figures_of(const std::vector<task_record>& tasks) {
  flight_figures out;
  out.tasks = tasks.size();
  std::vector<double> queue;
  std::vector<double> run;
  wall_ms first = 0;
  wall_ms last = 0;
  double running_ms = 0;
  for (const auto& task : tasks) {
    const auto& status = task.status;
    ++out.states[status.state];
    if (!status.owner.empty()) ++out.by_node[status.owner];
    first = first == 0 ? task.submitted : std::min(first, task.submitted);
    last = std::max(last, status.finished);
    const auto run_ms = static_cast<double>(status.usage.run_ns) / 1e6;
    if (status.started != 0) queue.push_back(static_cast<double>(status.started - task.submitted));
    if (status.started != 0) run.push_back(run_ms);
    running_ms += run_ms;
    out.one_worker_seconds += static_cast<double>(status.usage.cpu_ns) / 1e9;
  }
  out.queue = percentiles_of(std::move(queue));
  out.run = percentiles_of(std::move(run));
  out.most_running = most_at_once(tasks);
  out.seconds = static_cast<double>(last - first) / 1e3;
  if (out.tasks == 0 || out.seconds <= 0) return out;
  out.throughput = static_cast<double>(out.tasks) / out.seconds;
  out.average_running = running_ms / 1e3 / out.seconds;
  out.success_rate = static_cast<double>(out.states[task_state::succeeded]) / static_cast<double>(out.tasks);
  out.speed_up = out.one_worker_seconds / out.seconds;
  return out;
}

}  // namespace dunlin::flight
