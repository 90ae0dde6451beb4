// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/step_runs.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "cli/bench/coordination/run_watch.hpp"

namespace dunlin::bench {

namespace {

/// A turn ends half a step early, so that no rounding lets an agent have one step more.
std::uint32_t weight_of(const step_load& load) {
  const auto turn = load.step * (2 * load.steps_a_turn - 1) / 2;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(turn * 100 / 1ms, 1, 1'000));
}

bool has_units_alone(sharing_pattern pattern) {
  return pattern == sharing_pattern::exclusive || pattern == sharing_pattern::space_partitioned;
}

/// One agent with steps to run. Where agents have their units alone it needs a lease for each few of them.
class stepping_agent {
 public:
  stepping_agent(shared_device& device, const step_load& load, std::uint64_t number, run_watch& watch)
      : device_(device), load_(load), id_{number}, watch_(watch), left_(load.steps) {}

  void ask() {
    const auto asked = device_.ask(id_, weight_of(load_), [this](const share_contract& contract) { start(contract); });
    if (!asked) watch_.end_part(asked);
  }

 private:
  void start(const share_contract& contract) {
    const auto steps = has_units_alone(contract.pattern) ? std::min(load_.steps_a_turn, left_) : left_;
    device_step out;
    out.queue = id_.value;
    out.token = contract.token;
    out.run = [this, steps, lease = contract.id] { return work(lease, steps); };
    out.done = [this](const step_report& report) { end(report.outcome); };
    if (auto queued = device_.device().submit(std::move(out)); !queued) end(queued);
  }

  result<void> work(lease_id lease, std::uint32_t steps) {
    const auto share = device_.gate().enter(id_, lease, {});
    if (!share) return fail(error{share.error()});
    while (true) {
      watch_.step(id_.value, load_.iterations);
      --left_;
      if (--steps == 0) return {};
      if (auto next = (*share)->next_step(); !next) return next;
    }
  }

  void end(const result<void>& outcome) {
    device_.give_back(id_);
    if (outcome && left_ > 0)
      ask();
    else
      watch_.end_part(outcome);
  }

  shared_device& device_;
  const step_load& load_;
  agent_id id_;
  run_watch& watch_;
  std::uint32_t left_;
};

}  // namespace

result<void> share_for(shared_device& device, sharing_pattern pattern, const step_load& load) {
  share_options options;
  options.pattern = pattern;
  options.quantum = milliseconds{1};
  if (pattern == sharing_pattern::collaborative)  // whose equal agents have turns of the whole quantum
    options.quantum =
        std::max(options.quantum, std::chrono::duration_cast<milliseconds>(load.step * load.steps_a_turn));
  if (pattern == sharing_pattern::space_partitioned) options.units.assign(device.units(), 1);
  return device.share_by(options);
}

std::uint32_t steps_at_once(shared_device& device, const step_load& load) {
  for (std::uint64_t agent = 1; agent <= load.agents; ++agent)
    static_cast<void>(device.ask({agent}, weight_of(load), [](const share_contract&) {}));
  std::set<std::uint32_t> lanes;
  std::uint32_t pooled = 0;
  for (const auto& one : device.contracts()) {
    if (one.granted.pooled)
      pooled = device.units();
    else
      lanes.insert(one.granted.lane);
  }
  for (std::uint64_t agent = load.agents; agent > 0; --agent) device.give_back({agent});
  return std::min(load.agents, pooled + static_cast<std::uint32_t>(lanes.size()));
}

result<run_cost> run_at_gate(shared_device& device, const step_load& load) {
  run_watch watch{load.agents};
  std::vector<std::unique_ptr<stepping_agent>> agents;
  for (std::uint64_t number = 1; number <= load.agents; ++number)
    agents.push_back(std::make_unique<stepping_agent>(device, load, number, watch));
  for (const auto& one : agents) one->ask();
  return watch.wait();
}

result<run_cost> run_straight(shared_device& device, const step_load& load, std::uint32_t at_once) {
  const std::uint64_t steps = std::uint64_t{load.agents} * load.steps;
  run_watch watch{steps};
  for (std::uint64_t i = 0; i < steps; ++i) {
    const auto queue = 1 + i % at_once;
    device_step step;
    step.queue = queue;
    step.run = [&, queue]() -> result<void> {
      watch.step(queue, load.iterations);
      return {};
    };
    step.done = [&](const step_report& report) { watch.end_part(report.outcome); };
    if (auto queued = device.device().submit(std::move(step)); !queued) watch.end_part(queued);
  }
  return watch.wait();
}

}  // namespace dunlin::bench
