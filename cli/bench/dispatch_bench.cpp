// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/dispatch_bench.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "cli/bench/dispatch_footprint.hpp"
#include "cli/bench/local_swarm.hpp"
#include "cli/bench/peer_program.hpp"
#include "cli/bench/task_client.hpp"

/// tests/bench/floor/four_hop.cpp: nothing of ours is in it, so it has no header of ours.
extern "C" double bare_four_hop(bool stealing, std::uint32_t threads, std::uint32_t agents, std::uint64_t count,
                                std::uint64_t window, double* p50_us);

namespace dunlin::bench {

namespace {

constexpr std::size_t scheduler_threads = 2;
constexpr std::size_t payload_words = 2;  // 16 bytes: what a message of the floor carries

/// The bare floor under the faster of CAF's two schedulers, which one run of each decides.
class four_hop_floor {
 public:
  explicit four_hop_floor(const dispatch_options& options) : options_(options) {
    const auto shared = rate();
    stealing_ = true;
    stealing_ = rate() > shared;
  }

  [[nodiscard]] double rate() const {
    return bare_four_hop(stealing_, scheduler_threads, options_.agents, options_.tasks, 256, nullptr);
  }

  [[nodiscard]] double p50_us() const {
    double out = 0;
    bare_four_hop(stealing_, scheduler_threads, options_.agents, options_.one_by_one, 1, &out);
    return out;
  }

 private:
  const dispatch_options& options_;
  bool stealing_ = false;
};

/// 0 if a result was wrong.
double median_wait_us(task_client& ours, std::uint64_t count) {
  auto waits = ours.one_by_one(count);
  return waits.empty() ? 0 : percentile(std::move(waits), 0.5);
}

/// Measures the windows and batch sizes around the reported ones once each, so that a reader sees the curve.
void add_sweep(bench_report& report, const dispatch_options& options, task_client& ours) {
  std::string line = "sweep, tasks per second, singly at window";
  for (const std::uint64_t window : {1, 16, 256, 4'096})
    line += " " + std::to_string(window) + ": " +
            std::to_string(std::llround(ours.rate(window == 1 ? options.one_by_one : options.tasks, window, 1))) + ",";
  line += " batched at window 4096 by";
  for (const std::uint64_t batch : {64, 256, 1'024})
    line += " " + std::to_string(batch) + ": " + std::to_string(std::llround(ours.rate(options.tasks, 4'096, batch))) +
            (batch == 1'024 ? "" : ",");
  report.notes.push_back(std::move(line));
}

void add_starpu(bench_report& report, const dispatch_options& options) {
  std::vector<double> rates;
  for (unsigned i = 0; i < 2 * options.rounds; ++i) {
    const auto rate = run_peer("starpu_tasks", std::to_string(options.tasks), "STARPU_SCHED=lws STARPU_SILENT=1");
    if (!rate) {
      report.missing.push_back({"starpu_tasks_per_s", to_string(rate.error())});
      return;
    }
    rates.push_back(*rate);
  }
  report.figures.push_back(make_figure("starpu_tasks_per_s", "1/s", rates));
  report.figures.back().note = "scheduler lws, two workers, made one by one";
}

}  // namespace

result<bench_report> run_dispatch_bench(const dispatch_options& options) {
  auto report = begin_report("dispatch");
  footprint_options sizes;  // first: it forks, and threads do not survive that
  sizes.agents = options.agents;
  sizes.queued_tasks = options.queued_tasks;
  sizes.repetitions = 2 * options.rounds;
  sizes.idle_seconds = options.idle_seconds;
  sizes.directory = options.directory;
  add_footprint(report, sizes);
  auto swarm = local_swarm::start(scheduler_threads, {ticket_kind_of(options.agents)}, options.agents);
  if (!swarm) return fail(std::move(swarm.error()));
  if (!wait_for_agents((*swarm)->leader(), options.agents)) return fail(errc::timeout, "the agents did not come up");
  task_client ours{(*swarm)->system(), (*swarm)->leader(), payload_words};
  const four_hop_floor floor{options};
  ours.rate(options.tasks / 4, 256, 1);  // warm
  const auto compare = [&](const char* name, std::uint64_t window, std::uint64_t batch) {
    const auto sides = measure_abba(
        options.rounds, [&] { return ours.rate(options.tasks, window, batch); }, [&] { return floor.rate(); });
    add_comparison(report, name, "bare_four_hop_tasks_per_s", "1/s", sides);
  };
  compare("singly_tasks_per_s_w256", 256, 1);
  compare("batched_tasks_per_s_w4096", 4'096, 512);
  const auto latencies = measure_abba(
      options.rounds, [&] { return median_wait_us(ours, options.one_by_one); }, [&] { return floor.p50_us(); });
  add_comparison(report, "one_by_one_p50_us", "bare_four_hop_p50_us", "us", latencies);
  add_starpu(report, options);
  add_sweep(report, options, ours);
  return report;
}

}  // namespace dunlin::bench
