// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/figures.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
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

/// A handler starts (+1) or ends (-1); at the same time, ends come first.
struct change {
  wall_ms at = 0;
  int by = 0;
  const std::string* node = nullptr;
};

std::vector<change> changes_of(const std::vector<task_record>& tasks) {
  std::vector<change> out;
  for (const auto& task : tasks) {
    const auto& status = task.status;
    if (status.started == 0) continue;
    out.push_back({status.started, 1, &status.owner});
    out.push_back({std::max(status.finished, status.started + 1), -1, &status.owner});
  }
  std::ranges::sort(out, {}, [](const change& one) { return std::tie(one.at, one.by); });
  return out;
}

std::size_t most_at_once(const std::vector<task_record>& tasks, std::size_t workers) {
  std::map<std::string, std::size_t> running;
  std::size_t most = 0;
  for (const auto& one : changes_of(tasks)) {
    running[*one.node] += static_cast<std::size_t>(one.by);
    std::size_t now = 0;
    for (const auto& [node, count] : running) now += std::min(count, workers);
    most = std::max(most, now);
  }
  return most;
}

/// Sums that the figures are worked out from.
struct sums {
  std::vector<double> queue_ms;
  std::vector<double> run_ms;
  wall_ms first = 0;
  wall_ms last = 0;

  void add(const task_record& task) {
    const auto& status = task.status;
    first = first == 0 ? task.submitted : std::min(first, task.submitted);
    last = std::max(last, status.finished);
    if (status.started == 0) return;
    queue_ms.push_back(static_cast<double>(status.started - task.submitted));
    run_ms.push_back(static_cast<double>(status.usage.run_ns) / 1e6);
  }

  [[nodiscard]] double running_seconds() const {
    double out = 0;
    for (const auto ms : run_ms) out += ms / 1e3;
    return out;
  }
};

void add(flight_figures& to, const task_status& status) {
  const double busy = static_cast<double>(status.usage.cpu_ns) / 1e9;
  ++to.states[status.state];
  to.one_worker_seconds += busy;
  if (status.owner.empty()) return;
  auto& node = to.nodes[status.owner];
  ++node.tasks;
  node.busy_seconds += busy;
}

}  // namespace

flight_figures figures_of(const std::vector<task_record>& tasks, std::size_t workers) {
  flight_figures out;
  out.tasks = tasks.size();
  sums all;
  for (const auto& task : tasks) {
    all.add(task);
    add(out, task.status);
  }
  const double running = all.running_seconds();
  out.queue = percentiles_of(std::move(all.queue_ms));
  out.run = percentiles_of(std::move(all.run_ms));
  out.most_running = most_at_once(tasks, workers);
  if (tasks.empty()) return out;
  out.success_rate = static_cast<double>(out.states[task_state::succeeded]) / static_cast<double>(out.tasks);
  out.seconds = static_cast<double>(std::max(all.last, all.first) - all.first) / 1e3;
  if (out.seconds <= 0) return out;
  out.throughput = static_cast<double>(out.tasks) / out.seconds;
  out.average_running = running / out.seconds;
  out.speed_up = out.one_worker_seconds / out.seconds;
  return out;
}

}  // namespace dunlin::flight
