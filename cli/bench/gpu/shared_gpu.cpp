// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/shared_gpu.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "cli/bench/coordination/live_switches.hpp"
#include "cli/bench/coordination/shared_device.hpp"
#include "cli/bench/coordination/working_crew.hpp"
#include "cli/bench/gpu/gpu_agents.hpp"
#include "cli/bench/gpu/gpu_clock.hpp"
#include "cli/bench/gpu/neighbours.hpp"

namespace dunlin::bench {

namespace {

constexpr std::uint32_t warm_steps = 4;

class sharing_bench {
 public:
  sharing_bench(bench_report& out, const std::shared_ptr<device_port>& device, const gpu_bench_options& options,
                const load_repeats& repeats)
      : out_(out), device_(device), shared_(shared_device::over(device)), options_(options), repeats_(repeats) {}

  result<void> measure() {
    if (auto added = add_turns(); !added) return added;
    for (const auto pattern : {sharing_pattern::space_partitioned, sharing_pattern::collaborative})
      if (auto added = add_mix(pattern); !added) return added;
    for (const auto pattern : all_patterns())
      if (auto added = add_slowdowns(pattern); !added) return added;
    return add_switches();
  }

 private:
  static share_options options_of(sharing_pattern pattern) {
    share_options out;
    out.pattern = pattern;
    out.quantum = milliseconds{1};
    return out;
  }

  /// Returns the seconds until all agents have done their steps.
  result<double> seconds_of_all(const std::vector<load_kind>& kinds, sharing_pattern pattern, std::uint32_t steps) {
    auto agents = gpu_agents::make(device_, kinds, repeats_, options_);
    if (!agents) return fail(std::move(agents.error()));
    if (auto shared = shared_->share_by(options_of(pattern)); !shared) return fail(std::move(shared.error()));
    share_wish part;
    part.compute_milli = 1'000 / static_cast<std::uint32_t>(kinds.size());
    working_crew crew{*shared_, std::vector<share_wish>(kinds.size(), part),
                      [&](agent_id agent) { return (*agents)->step(agent); }};
    // Streams, contexts and libraries are there before the clock starts.
    crew.begin(warm_steps);
    if (auto warm = crew.wait(); !warm) return fail(std::move(warm.error()));
    crew.begin(steps);
    auto seconds = crew.wait();
    if (!seconds) return fail(std::move(seconds.error()));
    return *std::ranges::max_element(*seconds);
  }

  result<void> add_turns() {
    const std::vector<load_kind> crew(options_.agents, load_kind::copying);
    first_failure failed;
    const auto sides = measure_abba(
        options_.rounds,
        [&] {
          return 1 / failed(seconds_of_all(crew, sharing_pattern::time_sliced, options_.steps / options_.agents));
        },
        [&] { return 1 / failed(seconds_of_all({crew.front()}, sharing_pattern::time_sliced, options_.steps)); });
    add_ratio(out_, "gpu_turns_ratio_to_one_agent", sides,
              std::to_string(options_.agents) + " agents in slices of 1 ms, beside one that does all their steps");
    return failed.outcome();
  }

  result<void> add_mix(sharing_pattern pattern) {
    const auto name = "gpu_mix_" + std::string{dunlin::to_string(pattern)} + "_ratio_to_serial";
    if (!repeats_.can(load_kind::multiplying)) {
      out_.missing.push_back({name, "there is no cuBLAS"});
      return {};
    }
    const std::vector<load_kind> both{load_kind::copying, load_kind::multiplying};
    first_failure failed;
    const auto sides = measure_abba(
        options_.rounds, [&] { return 1 / failed(seconds_of_all(both, pattern, options_.steps / 2)); },
        [&] { return 1 / failed(seconds_of_all(both, sharing_pattern::exclusive, options_.steps / 2)); });
    add_ratio(out_, name, sides, "one agent bound by memory and one by tensor cores, beside one after the other");
    return failed.outcome();
  }

  result<void> add_slowdowns(sharing_pattern pattern) {
    constexpr load_kind kinds[] = {load_kind::copying, load_kind::multiplying, load_kind::tiny};
    for (const auto one : kinds) {
      for (const auto other : kinds) {
        if (auto shared = shared_->share_by(options_of(pattern)); !shared) return shared;
        figure added;
        added.name = "gpu_slowdown_" + std::string{dunlin::to_string(pattern)} + "_" + to_string(one) + "_beside_" +
                     to_string(other);
        if (!repeats_.can(one) || !repeats_.can(other)) {
          out_.missing.push_back({added.name, "there is no cuBLAS"});
          continue;
        }
        auto slowdown = slowdown_beside(*shared_, one, other, repeats_, options_);
        if (!slowdown && slowdown.error().code == errc::device_lost) return fail(std::move(slowdown.error()));
        if (!slowdown) {
          out_.missing.push_back({added.name, slowdown.error().context});
          continue;
        }
        added.value = *slowdown;
        added.note = pattern == sharing_pattern::exclusive ? "the other waits until this one has done all its steps"
                                                           : "time of a step, beside alone with the whole GPU";
        out_.figures.push_back(std::move(added));
      }
    }
    return {};
  }

  result<void> add_switches() {
    const std::vector<load_kind> kinds(options_.agents, load_kind::copying);
    auto agents = gpu_agents::make(device_, kinds, repeats_, options_);
    if (!agents) return fail(std::move(agents.error()));
    working_crew crew{*shared_, options_.agents, [&](agent_id agent) { return (*agents)->whole_step(agent); }};
    return add_switch_pauses(out_, *shared_, crew);
  }

  bench_report& out_;
  const std::shared_ptr<device_port> device_;
  const std::unique_ptr<shared_device> shared_;
  const gpu_bench_options& options_;
  const load_repeats repeats_;
};

}  // namespace

result<void> add_sharing(bench_report& out, const std::shared_ptr<device_port>& device,
                         const gpu_bench_options& options) {
  const auto repeats = measure_loads(device, options);
  if (!repeats) return fail(error{repeats.error()});
  return sharing_bench{out, device, options, *repeats}.measure();
}

}  // namespace dunlin::bench
