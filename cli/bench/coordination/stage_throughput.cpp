// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/stage_throughput.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "cli/bench/coordination/busy_loop.hpp"
#include "cli/bench/coordination/run_watch.hpp"

namespace dunlin::bench {

namespace {

/// What an item costs in each stage, in microseconds.
using stage_costs = std::array<std::uint32_t, 3>;

constexpr std::array<const char*, 3> names{"first", "middle", "last"};

std::uint32_t total_of(const stage_costs& costs) { return std::accumulate(costs.begin(), costs.end(), 0U); }

/// Three agents, one for each stage, and as many items as are wanted.
class staged_run {
 public:
  staged_run(shared_device& device, const stage_costs& costs, std::uint64_t per_us, std::uint32_t items)
      : device_(device), costs_(costs), per_us_(per_us), items_(items), watch_(names.size()) {}

  result<run_cost> run() {
    for (std::uint64_t agent = 1; agent <= names.size(); ++agent) {
      const auto asked = device_.ask({agent}, 100, [this](const share_contract& contract) { start(contract); });
      if (!asked) watch_.end_part(asked);
    }
    return watch_.wait();
  }

 private:
  void start(const share_contract& contract) {
    const auto agent = contract.holder;
    device_step out;
    out.queue = agent.value;
    out.token = contract.token;
    out.run = [this, agent, lease = contract.id] { return serve(agent, lease); };
    out.done = [this, agent](const step_report& report) {
      device_.give_back(agent);
      watch_.end_part(report.outcome);
    };
    if (auto queued = device_.device().submit(std::move(out)); !queued) watch_.end_part(queued);
  }

  result<void> serve(agent_id agent, lease_id lease) {
    const auto stage = agent.value - 1;
    const auto share = device_.gate().enter(agent, lease, {});
    if (!share) return fail(error{share.error()});
    if (auto joined = (*share)->join_stage(names.at(stage)); !joined) return joined;
    const auto work = [&] { watch_.step(agent.value, costs_.at(stage) * per_us_); };
    return stage == 0 ? offer(**share, work) : pass_on(**share, work);
  }

  template <class Work>
  result<void> offer(share_session& share, Work work) {
    for (std::uint32_t i = 0; i < items_; ++i) {
      work();
      if (auto put = share.put_item(nullptr); !put) return put;
    }
    return {};
  }

  template <class Work>
  static result<void> pass_on(share_session& share, Work work) {
    while (true) {
      auto item = share.take_item();
      if (!item) return fail(std::move(item.error()));
      if (!*item) return {};
      work();
      if (auto put = share.put_item(nullptr); !put) return put;
    }
  }

  shared_device& device_;
  stage_costs costs_;
  std::uint64_t per_us_;
  std::uint32_t items_;
  run_watch watch_;
};

result<void> share_as_pipeline(shared_device& device) {
  share_options options;
  options.pattern = sharing_pattern::pipeline;
  options.stages = {{names[0], {}, 1, 4}, {names[1], {names[0]}, 1, 4}, {names[2], {names[1]}, 1, 4}};
  return device.share_by(options);
}

/// Returns the ratios of what is allowed to what was measured. The same work straight on all units, in the same run,
/// says how much of the machine there is.
result<std::vector<double>> ratios_of(shared_device& device, const stage_costs& costs,
                                      const coordination_options& options, unsigned rounds) {
  const auto per_us = std::max<std::uint64_t>(iterations_in(1ms) / 1'000, 1);
  const double even = static_cast<double>(total_of(costs)) / device.units();
  const double slowest = *std::ranges::max_element(costs);
  std::optional<error> failure;
  const auto kept = [&](result<run_cost> ran) {
    if (!ran && !failure) failure = std::move(ran.error());
    return ran.value_or(run_cost{}).wall_ns;
  };
  step_load same;
  same.agents = 1;
  same.steps = options.items;
  same.iterations = total_of(costs) * per_us;
  const auto sides = measure_abba(
      rounds,
      [&] {
        return kept(staged_run{device, costs, per_us, options.items}.run());
      },
      [&] { return kept(run_straight(device, same, device.units())); });
  if (failure) return fail(std::move(*failure));
  std::vector<double> out;
  for (std::size_t i = 0; i < sides.ours.size(); ++i)
    out.push_back(sides.baseline[i] * std::max(slowest / even, 1.0) / sides.ours[i]);
  return out;
}

std::string text_of(const stage_costs& costs) {
  return std::to_string(costs[0]) + ", " + std::to_string(costs[1]) + ", " + std::to_string(costs[2]) + " us";
}

}  // namespace

result<void> add_stage_throughput(bench_report& out, shared_device& device, const coordination_options& options) {
  if (auto shared = share_as_pipeline(device); !shared) return shared;
  constexpr stage_costs reported{400, 1'200, 800};  // on two units both bounds are the same: nothing may stand still
  auto ratios = ratios_of(device, reported, options, std::max(1U, options.rounds / 4));
  if (!ratios) return fail(std::move(ratios.error()));
  out.figures.push_back(make_figure("pipeline_throughput_ratio", "1", *ratios));
  out.figures.back().note = "stages of " + text_of(reported) + ", one agent each, " + std::to_string(device.units()) +
                            " units; against the same work straight on all units";
  if (!options.sweep) return {};
  std::string line = "sweep, pipeline_throughput_ratio with stages of";
  for (const stage_costs& costs :
       {stage_costs{300, 2'000, 700}, stage_costs{1'000, 1'000, 1'000}, stage_costs{40, 120, 80}}) {
    auto other = ratios_of(device, costs, options, 2);
    if (!other) return fail(std::move(other.error()));
    line += " " + text_of(costs) + ": " + std::to_string(spread_of(std::move(*other)).median) + ";";
  }
  line.pop_back();
  out.notes.push_back(std::move(line));
  return {};
}

}  // namespace dunlin::bench
