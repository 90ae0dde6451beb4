// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/dispatch_footprint.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "actors/swarm/swarm_process.hpp"
#include "cli/bench/apart.hpp"
#include "cli/bench/local_swarm.hpp"
#include "cli/bench/task_client.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t threads = 2;
constexpr std::size_t footprint_payload_words = 2;

double milliseconds_since(clock_type::time_point from) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - from).count();
}

/// A swarm in this process whose agents are all there.
result<std::unique_ptr<local_swarm>> start_with(std::uint32_t agents) {
  auto swarm = local_swarm::start(threads, {ticket_kind_of(agents)}, agents);
  if (swarm && !wait_for_agents((*swarm)->leader(), agents)) return fail(errc::timeout, "the agents did not come up");
  return swarm;
}

/// Milliseconds until `agents` agents are reported to the leader, and bytes for each beyond the first.
result<std::vector<double>> measure_agents(std::uint32_t agents) {
  const auto few = start_with(1);
  if (!few) return fail(error{few.error()});
  const auto before = resident_bytes();
  const auto from = clock_type::now();
  const auto many = start_with(agents);
  if (!many) return fail(error{many.error()});
  const auto took = milliseconds_since(from);
  return std::vector{took, (resident_bytes() - before) / agents};
}

/// Bytes for each task that waits in the leader, its stored record included.
result<std::vector<double>> measure_queue(std::uint32_t tasks) {
  const auto swarm = start_with(1);
  if (!swarm) return fail(error{swarm.error()});
  task_client client{(*swarm)->system(), (*swarm)->leader(), footprint_payload_words};
  constexpr std::uint32_t warm = 1'000;  // they count against the leader's limit as well
  client.fill_queue(warm);
  const auto before = resident_bytes();
  if (!client.fill_queue(tasks - warm)) return fail(errc::overloaded, "the tasks were not queued");
  return std::vector{(resident_bytes() - before) / (tasks - warm)};
}

/// Megabytes and percent of one core of a process that leads, stores, serves HTTP and has nothing to do.
result<std::vector<double>> measure_idle(const std::string& directory, double seconds) {
  swarm_config config;
  config.state_dir = directory;
  config.http_port = 0;
  config.gpus = false;
  const auto process = swarm_process::start(std::move(config), {});
  if (!process) return fail(error{process.error()});
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds / 5));  // until it has nothing more to start
  const auto before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return std::vector{resident_bytes() / 1e6, (cpu_seconds() - before) / seconds * 100};
}

/// A directory that goes with its owner.
class scratch_place {
 public:
  explicit scratch_place(const std::string& parent)
      : path_((parent.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path{parent}) /
              ("dunlin-bench-" + std::to_string(clock_type::now().time_since_epoch().count()))) {}
  ~scratch_place() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_place(const scratch_place&) = delete;
  scratch_place& operator=(const scratch_place&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

struct named_unit {
  std::string name;
  std::string unit;
};

/// Measures some times, each time apart, and appends a figure for each column of what came back.
void add_columns(bench_report& report, const std::vector<named_unit>& columns, unsigned repetitions,
                 const std::function<result<std::vector<double>>()>& measure) {
  std::vector<std::vector<double>> samples(columns.size());
  for (unsigned i = 0; i < repetitions; ++i) {
    const auto measured = measure_apart(measure);
    if (!measured || measured->size() != columns.size()) {
      for (const auto& column : columns)
        report.missing.push_back({column.name, measured ? "not measured whole" : to_string(measured.error())});
      return;
    }
    for (std::size_t at = 0; at < columns.size(); ++at) samples[at].push_back((*measured)[at]);
  }
  for (std::size_t at = 0; at < columns.size(); ++at)
    report.figures.push_back(make_figure(columns[at].name, columns[at].unit, samples[at]));
}

}  // namespace

void add_footprint(bench_report& report, const footprint_options& options) {
  add_columns(report, {{"spawn_10k_ms", "ms"}, {"bytes_per_agent", "B"}}, options.repetitions,
              [&] { return measure_agents(options.agents); });
  add_columns(report, {{"bytes_per_queued_task", "B"}}, 1, [&] { return measure_queue(options.queued_tasks); });
  if (!report.figures.empty() && report.figures.back().name == "bytes_per_queued_task")
    report.figures.back().note = std::to_string(options.queued_tasks) + " tasks, 16 B of payload, memory store";
  add_columns(report, {{"node_rss_mb", "MB"}, {"idle_cpu_percent", "%"}}, 1, [&] {
    const scratch_place place{options.directory};
    return measure_idle(place.path(), options.idle_seconds);
  });
}

}  // namespace dunlin::bench
