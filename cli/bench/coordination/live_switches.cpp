// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/live_switches.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr auto patience = std::chrono::milliseconds{200};

/// What the switches showed, in milliseconds.
struct switch_log {
  std::vector<double> pauses;   ///< of each agent at each switch
  std::vector<double> longest;  ///< of each switch: the longest pause,
  std::vector<double> steps;    ///< the longest step,
  std::vector<double> beyond;   ///< and by how much the first is longer than the second
  std::size_t went_on = 0;      ///< agents that had no pause: a step of theirs ran on
};

share_options options_of(sharing_pattern pattern, std::uint32_t units) {
  share_options out;
  out.pattern = pattern;
  if (pattern == sharing_pattern::space_partitioned) out.units.assign(units, 1);
  return out;
}

/// Waits for the pauses of the agents that go on. One whose step runs while the others begin has none to tell.
void hear_pauses(shared_device& device, switch_log& log, std::vector<double>& pauses) {
  std::set<agent_id> silent;
  for (const auto& contract : device.contracts()) silent.insert(contract.holder);
  for (const auto until = clock_type::now() + patience; !silent.empty() && clock_type::now() < until;) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
    std::erase_if(silent, [&](agent_id agent) {
      const auto pause = device.gate().take_use(agent).pause_ns;
      if (pause > 0) pauses.push_back(static_cast<double>(pause) / 1e6);
      return pause > 0;
    });
  }
  log.went_on += silent.size();
}

result<void> switch_once(shared_device& device, working_crew& crew, sharing_pattern to, switch_log& log) {
  for (const auto& contract : device.contracts()) static_cast<void>(device.gate().take_use(contract.holder));
  static_cast<void>(crew.take_longest_step());
  if (auto shared = device.share_by(options_of(to, device.units())); !shared) return shared;
  std::vector<double> pauses;
  hear_pauses(device, log, pauses);
  if (pauses.empty()) return {};
  log.longest.push_back(*std::ranges::max_element(pauses));
  log.steps.push_back(crew.take_longest_step());
  log.beyond.push_back(log.longest.back() - log.steps.back());
  log.pauses.insert(log.pauses.end(), pauses.begin(), pauses.end());
  return {};
}

result<void> switch_all_ways(shared_device& device, working_crew& crew, switch_log& log) {
  for (const auto from : all_patterns()) {
    for (const auto to : all_patterns()) {
      if (from == to) continue;
      for (const auto next : {from, to})
        if (auto switched = switch_once(device, crew, next, log); !switched) return switched;
    }
  }
  return {};
}

figure worst_of(std::string name, const std::vector<double>& samples, std::string note) {
  auto out = make_figure(std::move(name), "ms", samples);
  out.value = *out.max;
  out.note = std::move(note);
  return out;
}

}  // namespace

result<void> add_switch_pauses(bench_report& out, shared_device& device, working_crew& crew) {
  if (auto shared = device.share_by(options_of(sharing_pattern::exclusive, device.units())); !shared) return shared;
  crew.begin();
  switch_log log;
  auto switched = switch_all_ways(device, crew, log);
  if (auto ended = crew.end(); !ended) return ended;
  if (!switched) return switched;
  const auto point = std::to_string(crew.agents()) + " agents with 1 ms steps, " + std::to_string(log.longest.size()) +
                     " switches between all pairs of patterns";
  auto worst = worst_of("switch_pause_ms", log.longest, "the longest pause of an agent; " + point);
  auto step = worst_of("longest_step_ms", log.steps, "the longest step that ended while the agents paused");
  worst.baseline = step.name;
  worst.ratio = worst.value / step.value;
  out.figures.push_back(std::move(worst));
  out.figures.push_back(std::move(step));
  out.figures.push_back(make_figure("switch_pause_p50_ms", "ms", log.pauses));
  out.figures.back().note = std::to_string(log.pauses.size()) + " pauses; " + std::to_string(log.went_on) +
                            " times a step of an agent ran on and it had none";
  out.figures.push_back(worst_of("switch_pause_beyond_step_ms", log.beyond,
                                 "by how much a switch's longest pause is longer than its longest step, at most"));
  return {};
}

}  // namespace dunlin::bench
