// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/automatic/mixed_load.hpp"

#include <algorithm>

namespace dunlin::sim {

namespace {

constexpr duration longest_load = 120s;

/// Jobs of about so many steps and so far apart, from half to one and a half of it.
std::vector<sim_job> jobs_of(dice& by, std::uint64_t steps, duration apart, duration step) {
  std::vector<sim_job> out;
  duration sum{0};
  while (sum < longest_load) {
    const sim_job next{by.between(apart / 2, apart * 3 / 2), by.between((steps + 1) / 2, steps * 3 / 2)};
    sum += next.after + step * static_cast<duration::rep>(next.steps);
    out.push_back(next);
  }
  return out;
}

std::uint32_t milli_of(std::uint32_t width) { return width * 1'000 / mixed_units; }

}  // namespace

std::uint64_t dice::next() {
  state_ += 0x9e3779b97f4a7c15U;
  auto x = state_;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

sim_agent interactive_agent(dice& by) {
  sim_agent out;
  out.wish.compute_milli = milli_of(1);
  out.wish.interactive = true;
  out.priority = by.one_of<std::uint8_t>({5, 5, 7});
  out.width = 1;
  out.step = by.between(500us, 2ms);
  out.jobs = jobs_of(by, by.between(2, 12), by.between(20ms, 300ms), out.step);
  return out;
}

sim_agent batch_agent(dice& by, std::uint32_t width) {
  sim_agent out;
  out.wish.compute_milli = milli_of(by.one_of<std::uint32_t>({1, width}));
  out.wish.most_milli = milli_of(width);
  out.wish.weight = static_cast<std::uint32_t>(by.one_of({50, 100, 100, 200}));
  out.width = width;
  out.step = by.between(4ms, 12ms) * width;
  const auto job = by.between(500ms, 6s);
  out.jobs =
      jobs_of(by, static_cast<std::uint64_t>(job / out.step) * width + 1, by.between(50ms, 1s), out.step / width);
  return out;
}

sim_agent memory_agent(dice& by) {
  auto out = batch_agent(by, by.one_of<std::uint32_t>({1, 2}));
  out.wish.memory_bytes = by.between(300, 500);
  return out;
}

sim_agent between(sim_agent agent, duration from, duration until) {
  agent.jobs.front().after += from;
  duration at{0};
  std::size_t count = 0;
  while (count < agent.jobs.size() && (at += agent.jobs[count].after) < until) ++count;
  agent.jobs.resize(std::max<std::size_t>(count, 1));
  return agent;
}

std::vector<mixed_load> committed_loads() {
  std::vector<mixed_load> out;
  dice by{2'026};
  const auto add = [&](std::string name) -> auto& { return out.emplace_back(mixed_load{std::move(name), {}}).agents; };
  auto& alone = add("one wide batch agent");
  alone.push_back(batch_agent(by, 4));
  auto& queue = add("three wide batch agents");
  for (int i = 0; i < 3; ++i) queue.push_back(batch_agent(by, 4));
  auto& beside = add("interactive beside batch");
  for (int i = 0; i < 2; ++i) beside.push_back(batch_agent(by, 4));
  for (int i = 0; i < 3; ++i) beside.push_back(interactive_agent(by));
  auto& side_by_side = add("four narrow side by side");
  for (int i = 0; i < 4; ++i) side_by_side.push_back(batch_agent(by, 1));
  auto& crowd = add("ten narrow");
  for (int i = 0; i < 10; ++i) crowd.push_back(batch_agent(by, 1));
  auto& heavy = add("memory-heavy");
  for (int i = 0; i < 4; ++i) heavy.push_back(memory_agent(by));
  auto& all = add("short, long and heavy");
  for (int i = 0; i < 3; ++i) all.push_back(interactive_agent(by));
  for (const std::uint32_t width : {4U, 2U, 1U}) all.push_back(batch_agent(by, width));
  for (int i = 0; i < 2; ++i) all.push_back(memory_agent(by));
  auto& phases = add("changing phases");
  for (int i = 0; i < 4; ++i) phases.push_back(between(batch_agent(by, 1), 0s, 30s));
  for (int i = 0; i < 2; ++i) phases.push_back(between(batch_agent(by, 4), 35s, 65s));
  for (int i = 0; i < 6; ++i) phases.push_back(between(interactive_agent(by), 70s, 100s));
  out.back().lasts = 110s;
  return out;
}

mixed_load drawn_load(std::uint64_t seed) {
  dice by{seed};
  mixed_load out{"drawn " + std::to_string(seed), {}};
  const auto add = [&](std::uint64_t most, auto make) {
    for (auto count = by.between(0, most); count > 0; --count) out.agents.push_back(make());
  };
  add(3, [&] { return interactive_agent(by); });
  add(4, [&] { return batch_agent(by, by.one_of<std::uint32_t>({1, 1, 2, 4})); });
  add(2, [&] { return memory_agent(by); });
  if (out.agents.empty()) out.agents.push_back(batch_agent(by, 4));
  return out;
}

mixed_load drawn_coming_and_going(std::uint64_t seed) {
  dice by{seed};
  auto out = drawn_load(by.next());
  out.name = "come and go " + std::to_string(seed);
  for (auto& agent : out.agents) {
    const auto from = by.between(0s, out.lasts / 2);
    if (by.between(0, 1) == 0) agent = between(agent, from, from + by.between(5s, 20s));
  }
  for (auto once = by.between(0, 20); once > 0; --once) {
    auto agent = by.between(0, 2) == 0 ? interactive_agent(by) : batch_agent(by, by.one_of<std::uint32_t>({1, 2, 4}));
    agent.jobs.resize(1);
    agent.jobs.front().after = by.between(0s, out.lasts);
    out.agents.push_back(std::move(agent));
  }
  return out;
}

}  // namespace dunlin::sim
