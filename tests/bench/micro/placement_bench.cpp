// SPDX-License-Identifier: Apache-2.0
// What one placement decision costs. The argument is the number of workers; eight shapes fall into two eligibility
// classes, every worker is in both.
#include <benchmark/benchmark.h>

#include <string_view>
#include <vector>

#include "coordination/scheduling/placement_policy.hpp"
#include "coordination/scheduling/ready_queue.hpp"

namespace dunlin {
namespace {

constexpr shape_id shapes = 8;

/// Workers with four tasks of room, the last one in half of the shapes only.
struct swarm {
  explicit swarm(std::uint32_t workers) {
    std::vector<worker_slot> slots;
    for (std::uint32_t i = 0; i < workers; ++i) slots.push_back(index.add_worker(4, static_cast<std::uint16_t>(i % 3)));
    const auto fewer = std::span{slots}.first(slots.size() - 1);
    for (shape_id shape = 0; shape < shapes; ++shape)
      index.define_shape(shape, shape % 2 == 0 ? std::span<const worker_slot>{slots} : fewer);
  }

  /// Leaves every second slot half full, so that picks meet different levels.
  void warm() {
    index.workers().for_each([this](worker_slot slot) {
      if (slot % 2 == 0) index.add_load(slot, 2);
    });
  }
  worker_index index;
};

/// Returns a cheap random number; the same sequence in every run.
std::uint32_t next_random(std::uint32_t& state) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

void pick(benchmark::State& state, std::string_view policy_name) {
  swarm some{static_cast<std::uint32_t>(state.range(0))};
  some.warm();
  const auto policy = *make_policy(policy_name, some.index);
  shape_id shape = 0;
  for (auto _ : state) benchmark::DoNotOptimize(policy->pick(shape++ % shapes));
}

/// A task arrives at a random worker or leaves it: one load change in two classes.
void update(benchmark::State& state) {
  const auto workers = static_cast<std::uint32_t>(state.range(0));
  swarm some{workers};
  std::uint32_t random = 1;
  for (auto _ : state) {
    const auto worker = next_random(random) % workers;
    if (some.index.status(worker).has_room())
      some.index.add_load(worker);
    else
      some.index.remove_load(worker, 4);
  }
}

/// Pick, add load, and one older task ends: the steady state of a busy dispatcher.
void place(benchmark::State& state, std::string_view policy_name) {
  const auto workers = static_cast<std::uint32_t>(state.range(0));
  swarm some{workers};
  const auto policy = *make_policy(policy_name, some.index);
  std::vector<worker_slot> running(2 * std::size_t{workers});
  for (auto& worker : running) some.index.add_load(worker = *policy->pick(0));
  std::uint32_t random = 1;
  shape_id shape = 0;
  for (auto _ : state) {
    auto& slot = running[next_random(random) % running.size()];
    some.index.remove_load(slot);
    slot = *policy->pick(shape++ % shapes);
    some.index.add_load(slot);
  }
}

/// One task in, one task out, with as many queued as the argument says.
void queue(benchmark::State& state) {
  ready_queue tasks;
  std::uint32_t random = 1;
  std::int64_t now = 0;
  const auto push = [&] {
    const auto r = next_random(random);
    tasks.push({r, 0}, r % shapes, static_cast<std::uint8_t>(1 + r / shapes % 10), time_point{duration{now += 1000}});
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) push();
  for (auto _ : state) {
    push();
    benchmark::DoNotOptimize(tasks.pop_best([](shape_id) { return true; }, [](task_slot) { return true; }));
  }
  state.counters["bytes_per_task"] = static_cast<double>(tasks.memory_bytes()) / static_cast<double>(tasks.size());
}

void workers(benchmark::internal::Benchmark* bench) { bench->Arg(100)->Arg(10'000)->Arg(100'000); }

BENCHMARK_CAPTURE(pick, round_robin, "round_robin")->Apply(workers);
BENCHMARK_CAPTURE(pick, least_loaded, "least_loaded")->Apply(workers);
BENCHMARK_CAPTURE(pick, capability, "capability")->Apply(workers);
BENCHMARK(update)->Apply(workers);
BENCHMARK_CAPTURE(place, round_robin, "round_robin")->Apply(workers);
BENCHMARK_CAPTURE(place, least_loaded, "least_loaded")->Apply(workers);
BENCHMARK_CAPTURE(place, capability, "capability")->Apply(workers);
BENCHMARK(queue)->Arg(100)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace dunlin

BENCHMARK_MAIN();
