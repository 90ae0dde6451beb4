// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/step_overhead.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "cli/bench/coordination/bootstrap.hpp"
#include "cli/bench/coordination/busy_loop.hpp"
#include "cli/bench/coordination/step_runs.hpp"

namespace dunlin::bench {

namespace {

/// Both sides under one pattern and one load, measured in turn.
struct paired_runs {
  std::uint32_t at_once = 1;
  std::vector<run_cost> gate;
  std::vector<run_cost> straight;

  /// Returns `what(gate, straight)` of each pair.
  template <class What>
  [[nodiscard]] std::vector<double> each(What&& what) const {
    std::vector<double> out;
    for (std::size_t i = 0; i < gate.size(); ++i) out.push_back(what(gate[i], straight[i]));
    return out;
  }
  [[nodiscard]] std::vector<double> overheads() const {
    return each([](const run_cost& a, const run_cost& b) { return 100 * (a.wall_ns / b.wall_ns - 1); });
  }

  /// Returns the A/A ratio of each side alone, the worse one.
  [[nodiscard]] double noise() const {
    comparison walls;
    comparison swapped;
    for (const auto& one : gate) walls.ours.push_back(one.wall_ns);
    for (const auto& one : straight) swapped.ours.push_back(one.wall_ns);
    return std::abs(walls.noise() - 1) > std::abs(swapped.noise() - 1) ? walls.noise() : swapped.noise();
  }
};

result<paired_runs> measure(shared_device& device, sharing_pattern pattern, const step_load& load, unsigned rounds) {
  if (auto shared = share_for(device, pattern, load); !shared) return fail(std::move(shared.error()));
  paired_runs out;
  out.at_once = steps_at_once(device, load);
  std::optional<error> failure;
  const auto kept = [&](result<run_cost> ran) {
    if (!ran && !failure) failure = std::move(ran.error());
    return ran.value_or(run_cost{});
  };
  const auto at_gate = [&] { out.gate.push_back(kept(run_at_gate(device, load))); };
  const auto straight = [&] { out.straight.push_back(kept(run_straight(device, load, out.at_once))); };
  at_gate();  // warm: threads are made
  out.gate.clear();
  for (unsigned i = 0; i < rounds && !failure; ++i) {
    at_gate();
    straight();
    straight();
    at_gate();
  }
  if (failure) return fail(std::move(*failure));
  return out;
}

std::string point_of(const step_load& load, std::uint32_t at_once) {
  const auto turn = load.steps_a_turn == 1 ? std::string{"another agent's after each step"}
                                           : "turns of " + std::to_string(load.steps_a_turn) + " steps";
  return std::to_string(load.agents) + " agents, " + turn + ", " + std::to_string(at_once) +
         " at once; beside them the same steps without a lease, as many at once";
}

void add_overhead(bench_report& out, const std::string& name, const paired_runs& runs, const step_load& load) {
  const auto overheads = runs.overheads();
  auto added = make_figure(name, "%", overheads);
  added.upper95 = upper95_of_median(overheads);
  added.noise = runs.noise();
  added.note = std::to_string(overheads.size()) + " pairs, " + point_of(load, runs.at_once);
  if (std::abs(*added.noise - 1) > noise_limit)
    out.notes.push_back(name + ": the same code measured twice differed by more than 10 %, do not trust this run");
  if (added.value < -2)
    out.notes.push_back(name + ": the gate cannot be faster than the device: other processes took more from the " +
                        "straight side, so this is no comparison");
  out.figures.push_back(std::move(added));
}

void add_handovers(bench_report& out, const std::string& pattern, const paired_runs& runs) {
  const auto per_handover = [&](double run_cost::*what, double unit) {
    return runs.each(
        [=](const run_cost& a, const run_cost& b) { return (a.*what - b.*what) / unit / std::max(a.handovers, 1.0); });
  };
  out.figures.push_back(make_figure("handover_cpu_us_" + pattern, "us", per_handover(&run_cost::beside_ns, 1'000)));
  out.figures.back().note = "processor time outside of the steps, less what the straight side has";
  out.figures.push_back(make_figure("handover_wakeups_" + pattern, "1", per_handover(&run_cost::sleeps, 1)));
  out.figures.back().note = "voluntary context switches, less what the straight side has";
}

/// One line of a sweep: what other loads cost more.
result<std::string> swept(shared_device& device, sharing_pattern pattern, step_load load, unsigned rounds) {
  std::string line = "sweep, % more than straight, " + std::string{to_string(pattern)} + ", 1 ms steps,";
  const auto add = [&](const std::string& point) -> result<void> {
    auto runs = measure(device, pattern, load, rounds);
    if (!runs) return fail(std::move(runs.error()));
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", spread_of(runs->overheads()).median);
    line += " " + point + ": " + text;
    return {};
  };
  const auto all_steps = load.agents * load.steps;
  for (const std::uint32_t agents : {1, 2, 8, 16}) {
    load.agents = agents;
    load.steps = std::max(all_steps / agents, 1U);
    if (auto added = add(std::to_string(agents) + (agents == 1 ? " agent" : " agents")); !added)
      return fail(std::move(added.error()));
  }
  load.agents = 4;
  load.steps = all_steps / 4;
  load.steps_a_turn = 8;
  if (auto added = add("4 agents with turns of 8 steps"); !added) return fail(std::move(added.error()));
  return line;
}

}  // namespace

result<void> add_step_overhead(bench_report& out, shared_device& device, const coordination_options& options) {
  step_load one_ms;
  one_ms.iterations = iterations_in(1ms);
  one_ms.steps = options.steps_1ms;
  step_load short_steps = one_ms;
  short_steps.step = std::chrono::microseconds{100};
  short_steps.iterations = one_ms.iterations / 10;
  short_steps.steps = options.steps_100us;
  for (const auto pattern : all_patterns()) {
    const std::string name{to_string(pattern)};
    auto runs = measure(device, pattern, one_ms, options.rounds);
    if (!runs) return fail(std::move(runs.error()));
    add_overhead(out, "overhead_percent_1ms_" + name, *runs, one_ms);
    add_handovers(out, name, *runs);
    auto shorter = measure(device, pattern, short_steps, options.rounds);
    if (!shorter) return fail(std::move(shorter.error()));
    add_overhead(out, "overhead_percent_100us_" + name, *shorter, short_steps);
    if (!options.sweep) continue;
    auto line = swept(device, pattern, one_ms, std::max(1U, options.rounds / 6));
    if (!line) return fail(std::move(line.error()));
    out.notes.push_back(std::move(*line));
  }
  return {};
}

}  // namespace dunlin::bench
