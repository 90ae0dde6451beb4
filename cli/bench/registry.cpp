// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/registry.hpp"

#include <algorithm>
#include <array>

#include "cli/bench/collectives/collectives_bench.hpp"
#include "cli/bench/coordination/coordination_bench.hpp"
#include "cli/bench/dispatch_bench.hpp"
#include "cli/bench/gpu/gpu_bench.hpp"
#include "cli/bench/kernels/kernels_bench.hpp"
#include "cli/bench/pool/pool_bench.hpp"
#include "cli/bench/remote_bench.hpp"
#include "cli/bench/store_bench.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::bench {

namespace {

result<bench_report> dispatch(const bench_options& options) {
  dispatch_options wanted;
  if (options.quick) {
    wanted.agents = 1'000;
    wanted.tasks = 20'000;
    wanted.one_by_one = 1'000;
    wanted.queued_tasks = 50'000;
    wanted.rounds = 1;
    wanted.idle_seconds = 1;
  }
  wanted.directory = options.directory;
  return run_dispatch_bench(wanted);
}

result<bench_report> store(const bench_options& options) {
  store_bench_options wanted;
  if (!options.directory.empty()) wanted.directory = options.directory;
  if (options.quick) {
    wanted.tasks = 5'000;
    wanted.recovered = 20'000;
    wanted.rounds = 1;
  }
  return run_store_bench(wanted);
}

result<bench_report> coordination(const bench_options& options) {
  coordination_options wanted;
  if (options.quick) {
    wanted.rounds = 4;
    wanted.steps_1ms = 8;
    wanted.steps_100us = 40;
    wanted.sweep = false;
    wanted.decisions = 4'000;
    wanted.round_trips = 1'000;
    wanted.mixed_rounds = 1;
    wanted.mixed_lasts = 500ms;
  }
  return run_coordination_bench(wanted);
}

result<bench_report> collectives(const bench_options& options) {
  collectives_bench_options wanted;
  wanted.program = options.program;
  if (options.quick) {
    wanted.rounds = 1;
    wanted.bytes = 4 << 20;
  }
  return run_collectives_bench(wanted);
}

result<bench_report> gpu(const bench_options& options) {
  gpu_bench_options wanted;
  if (options.quick) {
    wanted.rounds = 1;
    wanted.numbers = 16 << 20;
    wanted.qubits = 23;
    wanted.matrix = 2'048;
    wanted.steps = 80;
    wanted.largest = 1 << 20;
  }
  return run_gpu_bench(wanted);
}

result<bench_report> kernels(const bench_options& options) {
  kernels_bench_options wanted;
  if (options.quick) {
    wanted.rounds = 1;
    wanted.numbers = 1 << 20;
    wanted.matrix = 256;
    wanted.qubits = 16;
  }
  return run_kernels_bench(wanted);
}

result<bench_report> pool(const bench_options& options) {
  pool_bench_options wanted;
  wanted.trace_files = options.traces;
  if (options.quick) {
    wanted.rounds = 1;
    wanted.pairs = 10'000;
    wanted.mapped = 100;
  }
  return run_pool_bench(wanted);
}

constexpr std::array table{
    bench_entry{"collectives", "ring all-reduce between processes beside bare TCP streams in the same ring",
                collectives},
    bench_entry{"coordination",
                "what shares of a processor cost: steps, hand-overs, grants, switches, pipelines, a mixed load",
                coordination},
    bench_entry{"dispatch", "tasks through leader and node in one process, beside four bare actor hops", dispatch},
    bench_entry{"gpu", "a GPU's holders and its sharing beside the driver, cuBLAS and CUDA's own allocators alone",
                gpu},
    bench_entry{"kernels", "the processor's kernels beside copying the same bytes and OpenBLAS alone", kernels},
    bench_entry{"pool", "the memory pool: hot blocks beside malloc and mmap, waste on traces beside best fit", pool},
    bench_entry{"remote", "tasks from a leader to a node in another process, beside NATS and a raw TCP ping-pong",
                run_remote_bench},
    bench_entry{"store", "durable submits beside bare SQLite, a task's life, a restart", store},
};

}  // namespace

std::span<const bench_entry> all_benches() noexcept { return table; }

result<bench_entry> find_bench(std::string_view name) {
  const auto found = std::ranges::find(table, name, &bench_entry::name);
  if (found != table.end()) return *found;
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const auto& one : table) names.push_back(one.name);
  return fail(errc::invalid_argument, "there is no bench '" + std::string{name} + "'", json::suggestion(name, names));
}

}  // namespace dunlin::bench
