// SPDX-License-Identifier: Apache-2.0
// What the CPU device costs around a step: steps per second, CPU time per hand-over, wake-ups per step.
#include <benchmark/benchmark.h>

#include <atomic>
#include <ctime>

#include "gpu/cpu/executor.hpp"

namespace dunlin {
namespace {

double process_cpu_us() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

executor_options options_of(benchmark::State& state) {
  executor_options options;
  options.workers = static_cast<std::uint32_t>(state.range(0));
  options.spin = std::chrono::microseconds(state.range(1));
  return options;
}

void add_counters(benchmark::State& state, const executor& device, double cpu_us) {
  const auto counted = device.statistics();
  const auto steps = static_cast<double>(counted.steps);
  state.SetItemsProcessed(static_cast<std::int64_t>(counted.steps));
  state.counters["cpu_us_per_step"] = cpu_us / steps;
  state.counters["wakes_per_step"] = static_cast<double>(counted.wake_ups) / steps;
}

/// One thread submits empty steps of four queues, at most 1 024 ahead.
void throughput(benchmark::State& state) {
  executor device(options_of(state));
  std::atomic<std::uint64_t> ended{0};
  std::uint64_t submitted = 0;
  const auto before = process_cpu_us();
  for (auto _ : state) {
    for (int i = 0; i < 1024; ++i)
      benchmark::DoNotOptimize(device.submit({++submitted % 4 + 1, 0, [] { return result<void>{}; },
                                              [&](const step_report&) {
                                                if (ended.fetch_add(1) + 1 == submitted) ended.notify_one();
                                              }}));
    for (auto seen = ended.load(); seen < submitted; seen = ended.load()) ended.wait(seen);
  }
  add_counters(state, device, process_cpu_us() - before);
}

/// Each completion submits the next step of its queue: the hand-over inside a lease.
void chain(benchmark::State& state) {
  executor device(options_of(state));
  std::atomic<bool> idle{true};
  std::function<void(int)> next = [&](int left) {
    static_cast<void>(device.submit({1, 0, [] { return result<void>{}; },
                                     [&next, &idle, left](const step_report&) {
                                       if (left > 0) return next(left - 1);
                                       idle = true;
                                       idle.notify_one();
                                     }}));
  };
  const auto before = process_cpu_us();
  for (auto _ : state) {
    idle = false;
    next(1023);
    idle.wait(false);
  }
  add_counters(state, device, process_cpu_us() - before);
}

/// Submit one step, wait for its end: two wake-ups of a sleeping thread unless the worker still looks for work.
void one_by_one(benchmark::State& state) {
  executor device(options_of(state));
  std::atomic<bool> idle{true};
  const auto before = process_cpu_us();
  for (auto _ : state) {
    idle = false;
    static_cast<void>(device.submit({1, 0, [] { return result<void>{}; },
                                     [&](const step_report&) {
                                       idle = true;
                                       idle.notify_one();
                                     }}));
    idle.wait(false);
  }
  add_counters(state, device, process_cpu_us() - before);
}

BENCHMARK(throughput)->ArgNames({"workers", "spin_us"})->Args({1, 0})->Args({2, 0})->Args({2, 20})->UseRealTime();
BENCHMARK(chain)->ArgNames({"workers", "spin_us"})->Args({1, 0})->Args({2, 0})->Args({2, 20})->UseRealTime();
BENCHMARK(one_by_one)->ArgNames({"workers", "spin_us"})->Args({1, 0})->Args({1, 20})->Args({1, 100})->UseRealTime();

}  // namespace
}  // namespace dunlin

BENCHMARK_MAIN();
