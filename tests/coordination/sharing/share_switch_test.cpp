// SPDX-License-Identifier: Apache-2.0
// Live switches in virtual time, between all pairs of patterns: nobody is lost, everybody finishes.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "tests/coordination/sharing/share_sim_patterns.hpp"

namespace dunlin::sim {
namespace {

class Switch : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
 protected:
  [[nodiscard]] const named_maker& from() const { return all_patterns()[std::get<0>(GetParam())]; }
  [[nodiscard]] const named_maker& to() const { return all_patterns()[std::get<1>(GetParam())]; }
};

TEST_P(Switch, UnderLoadLosesNobodyAndPausesForTheLongestStepAtMost) {
  auto some = sim_of(from().make, 16);
  std::vector<agent_id> agents;
  agents.reserve(16);
  for (int i = 0; i < 16; ++i)
    agents.push_back(some.add({.wish = {.compute_milli = 62, .memory_bytes = 60}, .step = (1 + i % 4) * 1ms}));
  some.run_for(200ms);
  std::map<agent_id, fencing_token> before;
  for (const auto agent : agents) before[agent] = some.of(agent).token;
  some.begin_measuring();

  some.exchange(to().make(device_of(16).capacity));
  some.run_for(1s);

  std::uint64_t bytes = 0;
  for (const auto& contract : some.device().contracts()) bytes += contract.granted.memory_bytes;
  EXPECT_LE(bytes, 1'000U);
  for (const auto agent : agents) {
    const auto& one = some.of(agent);
    EXPECT_EQ(one.failures, 0U);
    if (before[agent] == 0 || one.parked) continue;
    EXPECT_GT(one.token, before[agent]) << agent.value;
    if (!to().side_by_side) continue;
    EXPECT_LE(one.longest_wait, 4ms) << "side by side nobody waits for a turn: what is left is the switch";
  }
}

TEST_P(Switch, ThereAndBackAgainEverybodyFinishes) {
  auto some = sim_of(from().make, 8);
  std::vector<agent_id> agents;
  agents.reserve(8);
  for (int i = 0; i < 8; ++i)
    agents.push_back(some.add({.wish = {.compute_milli = 125, .memory_bytes = 100}, .steps = 400}));
  for (int i = 0; i < 20; ++i) {
    some.run_for(7ms);
    some.exchange((i % 2 == 0 ? to() : from()).make(device_of(8).capacity));
  }

  some.run_for(4s);

  for (const auto agent : agents) {
    EXPECT_TRUE(some.of(agent).done) << agent.value;
    EXPECT_EQ(some.of(agent).failures, 0U);
    EXPECT_EQ(some.of(agent).steps, 400U);
  }
}

INSTANTIATE_TEST_SUITE_P(Pairs, Switch,
                         testing::Combine(testing::Range<std::size_t>(0, 5), testing::Range<std::size_t>(0, 5)),
                         [](const auto& given) {
                           return std::string{all_patterns()[std::get<0>(given.param)].name} + "To" +
                                  all_patterns()[std::get<1>(given.param)].name;
                         });

}  // namespace
}  // namespace dunlin::sim
