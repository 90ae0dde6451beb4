// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/launch_cost.hpp"

#include <chrono>
#include <utility>

#include "cli/bench/gpu/gpu_clock.hpp"

namespace dunlin::bench {

namespace {

/// Returns microseconds of the host for each of `count` calls. What the GPU does with them is waited for outside of the
/// time.
result<double> host_us(std::uint32_t count, const gpu_call& put, const gpu_call& finish) {
  if (auto idle = finish(); !idle) return fail(std::move(idle.error()));
  const auto from = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < count; ++i)
    if (auto done = put(); !done) return fail(std::move(done.error()));
  const double took = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - from).count();
  if (auto done = finish(); !done) return fail(std::move(done.error()));
  return took / count;
}

/// Adds what ours costs more.
void add_difference(bench_report& out, std::string name, const comparison& sides, std::string note) {
  figure added;
  added.name = std::move(name);
  added.value = spread_of(sides.ours).median - spread_of(sides.baseline).median;
  added.unit = "us";
  added.noise = sides.noise();
  added.note = std::move(note);
  out.figures.push_back(std::move(added));
}

}  // namespace

result<void> add_launch_cost(bench_report& out, bench_holder& holder, bare_gpu& bare,
                             const gpu_bench_options& options) {
  auto* x = holder.numbers<float>(256);
  const scale_call call{256, 1.0F, x, x};
  first_failure failed;
  const gpu_call ours = [&] { return holder.kernels().run(call); };
  const gpu_call finish = [&] { return holder.work().finish(); };
  const auto beside = [&](const std::string& name, const gpu_call& what, const std::string& note) {
    const auto sides = measure_abba(
        options.rounds, [&] { return failed(host_us(options.launches, what, finish)); },
        [&] {
          return failed(host_us(
              options.launches, [&] { return bare.scale(call); }, [&] { return bare.finish(); }));
        });
    add_comparison(out, "gpu_" + name + "_us", "gpu_bare_launch_beside_" + name + "_us", "us", sides);
    add_difference(out, "gpu_" + name + "_over_bare_us", sides, note);
  };
  beside("launch", ours, "host time of a launch in a step");
  beside(
      "launch_and_step",
      [&]() -> result<void> {
        if (auto done = ours(); !done) return done;
        return holder.step().next_step();
      },
      "a launch alone in its step, two steps ahead of the GPU at most: its time on the GPU is part of it");
  auto recorded = holder.work().record(ours);
  if (!recorded) return fail(std::move(recorded.error()));
  beside(
      "replay", [&] { return holder.work().replay(**recorded); }, "a recording of one launch");
  recorded->reset();
  holder.clear();
  return failed.outcome();
}

}  // namespace dunlin::bench
