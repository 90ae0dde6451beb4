// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/automatic/mixed_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace dunlin::sim {

namespace {

constexpr duration each_pause = 10ms;
constexpr int most_overtime = 20;
constexpr duration hand_over = 50us;

arbiter_config mixed_device() {
  arbiter_config out;
  out.capacity = {device_id{1}, mixed_units, mixed_bytes};
  return out;
}

share_options options_of(sharing_pattern pattern) { return {.pattern = pattern}; }

share_sim device_with(const mixed_load& load, sharing_pattern pattern, demand_meter* meter) {
  const auto config = mixed_device();
  const auto options = options_of(pattern);
  share_sim out{config, make_rule(options, config.capacity).value(), terms_of(options)};
  out.set_hand_over(hand_over);
  out.watch(meter);
  for (const auto& agent : load.agents) out.add(agent);
  return out;
}

mixed_outcome outcome_of(const mixed_load& load, const share_sim& device) {
  mixed_outcome out;
  std::vector<job_progress> progress;
  for (std::uint64_t id = 1; id <= load.agents.size(); ++id) {
    const auto& seen = device.of({id});
    const auto& plan = device.plan_of({id});
    progress.push_back({plan.wish.weight, device.wanted({id}), duration{static_cast<duration::rep>(seen.alone_ns)},
                        plan.step / plan.width});
    out.steps += seen.steps;
    out.failures += seen.failures;
  }
  out.slowdown = mean_slowdown(progress);
  return out;
}

/// Every job that began comes to its end. `look` is called each 10 ms.
template <class Look>
void play(share_sim& device, duration lasts, Look look) {
  const auto start = device.now();
  while (device.now() - start < lasts || (!device.is_idle() && device.now() - start < most_overtime * lasts)) {
    if (device.now() - start >= lasts) device.close();
    look();
    device.run_for(each_pause);
  }
  EXPECT_TRUE(device.is_idle());
}

}  // namespace

mixed_outcome run_fixed(const mixed_load& load, sharing_pattern pattern) {
  auto device = device_with(load, pattern, nullptr);
  play(device, load.lasts, [] {});
  return outcome_of(load, device);
}

mixed_outcome run_automatic(const mixed_load& load) {
  const auto config = mixed_device();
  demand_meter meter{config.capacity};
  auto chooser = pattern_chooser::make({}).value();
  auto device = device_with(load, chooser.pattern(), &meter);
  const auto start = device.now();
  std::vector<std::pair<duration, sharing_pattern>> switches;
  play(device, load.lasts, [&] {
    if (chooser.next_step() > device.now()) return;
    if (!chooser.is_looking()) chooser.begin_look(meter.at(device.now()), device.now());
    const auto next = chooser.go_on(device.now());
    if (!next) return;
    switches.emplace_back(device.now() - start, next->pattern);
    device.exchange(make_rule(*next, config.capacity).value(), terms_of(*next));
  });
  auto out = outcome_of(load, device);
  out.switches = std::move(switches);
  out.why = chooser.explain(device.now()).summary;
  return out;
}

double comparison::best() const {
  return std::ranges::min_element(fixed, {}, [](const auto& one) { return one.second; })->second;
}

double comparison::worst() const {
  return std::ranges::max_element(fixed, {}, [](const auto& one) { return one.second; })->second;
}

comparison compare(const mixed_load& load) {
  comparison out{load.name, {}, run_automatic(load)};
  for (const auto pattern : all_patterns()) out.fixed[pattern] = run_fixed(load, pattern).slowdown;
  return out;
}

void print_head(std::ostream& out) {
  out << std::left << std::setw(28) << "mean slowdown" << std::right;
  for (const auto pattern : all_patterns()) out << std::setw(19) << to_string(pattern);
  out << std::setw(11) << "automatic" << std::setw(10) << "behind"
      << "  switches\n";
}

void print(std::ostream& out, const comparison& one) {
  out << std::fixed << std::setprecision(3) << std::left << std::setw(28) << one.name << std::right;
  for (const auto pattern : all_patterns()) out << std::setw(19) << one.fixed.at(pattern);
  out << std::setw(11) << one.automatic.slowdown << std::setprecision(1) << std::setw(8) << one.behind() * 100 << " % ";
  for (const auto& [at, pattern] : one.automatic.switches) out << " " << at / 1.0s << "s:" << to_string(pattern);
  out << "\n";
}

}  // namespace dunlin::sim
