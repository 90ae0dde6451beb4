// SPDX-License-Identifier: Apache-2.0
// That the bench of coordination measures what it says; never how fast.
#include "cli/bench/coordination/coordination_bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <thread>

#include "cli/bench/coordination/bootstrap.hpp"
#include "cli/bench/coordination/step_runs.hpp"
#include "gpu/cpu/cpu_device.hpp"

namespace dunlin::bench {
namespace {

TEST(Bootstrap, TheBoundOfEqualSamplesIsThatValue) {
  EXPECT_DOUBLE_EQ(upper95_of_median({3, 3, 3, 3}), 3);
  EXPECT_DOUBLE_EQ(upper95_of_median({}), 0);
}

TEST(Bootstrap, TheBoundLiesBetweenMedianAndMaximumAndDependsOnTheSeedAlone) {
  std::vector<double> samples(40);
  std::iota(samples.begin(), samples.end(), 0);

  const auto bound = upper95_of_median(samples);

  EXPECT_GT(bound, 19.5);
  EXPECT_LT(bound, 39);
  EXPECT_DOUBLE_EQ(bound, upper95_of_median(samples));
}

class StepRuns : public testing::Test {
 protected:
  void SetUp() override {
    device = shared_device::make(2).value();
    load.steps = 5;
    load.iterations = 1'000;
  }
  /// Every lease has the next token.
  fencing_token token_of_a_lease() const {
    fencing_token token = 0;
    EXPECT_TRUE(device->ask({99}, 100, [&](const share_contract& contract) { token = contract.token; }));
    device->give_back({99});
    return token;
  }

  std::unique_ptr<shared_device> device;
  step_load load;
};

TEST_F(StepRuns, HandOverToAnotherAgentAfterEachStepWhereOneRunsAtATime) {
  for (const auto pattern : {sharing_pattern::exclusive, sharing_pattern::time_sliced}) {
    ASSERT_TRUE(share_for(*device, pattern, load));
    EXPECT_EQ(steps_at_once(*device, load), 1U) << to_string(pattern);
    EXPECT_TRUE(device->contracts().empty()) << "all shares are given back";
  }
  const auto ran = run_at_gate(*device, load);
  ASSERT_TRUE(ran) << to_string(ran.error());
  EXPECT_GE(ran->handovers, load.agents) << "every agent ran";
  EXPECT_GT(ran->wall_ns, 0);
  EXPECT_TRUE(device->contracts().empty());
}

TEST_F(StepRuns, OneLeaseIsOneTurnWhereAnAgentIsAlone) {
  ASSERT_TRUE(share_for(*device, sharing_pattern::exclusive, load));
  load.steps_a_turn = 1;
  const auto before = token_of_a_lease();

  const auto ran = run_at_gate(*device, load);

  ASSERT_TRUE(ran) << to_string(ran.error());
  const auto leases = token_of_a_lease() - before - 1;
  EXPECT_EQ(leases, load.agents * load.steps) << "one for each step";
  EXPECT_LE(ran->handovers, load.agents * load.steps) << "the last agent is alone at the end";
}

TEST_F(StepRuns, AsManyRunAtOnceAsThereAreUnitsWhereEachHasItsOwn) {
  for (const auto pattern : {sharing_pattern::space_partitioned, sharing_pattern::pipeline}) {
    ASSERT_TRUE(share_for(*device, pattern, load));
    EXPECT_EQ(steps_at_once(*device, load), device->units()) << to_string(pattern);
  }
}

TEST_F(StepRuns, TheStraightSideRunsEveryStep) {
  const auto ran = run_straight(*device, load, 1);

  ASSERT_TRUE(ran) << to_string(ran.error());
  const auto steps = [this] { return dynamic_cast<cpu_device&>(device->device()).statistics().steps; };
  while (steps() < load.agents * load.steps) std::this_thread::yield();  // the last one is counted after its end
  EXPECT_EQ(steps(), load.agents * load.steps);
}

TEST(CoordinationBench, NamesEveryFigure) {
  coordination_options small;
  small.rounds = 1;
  small.steps_1ms = 2;
  small.steps_100us = 4;
  small.sweep = true;
  small.decisions = 200;
  small.crowd = 2'000;
  small.round_trips = 50;
  small.switching_agents = 4;
  small.items = 8;
  small.mixed_rounds = 1;
  small.mixed_lasts = 100ms;

  const auto report = run_coordination_bench(small);

  ASSERT_TRUE(report) << to_string(report.error());
  std::vector<std::string> names{"grant_decision_ns_20",      "grant_decision_ns_2k",     "renew_idle_ns",
                                 "lease_round_trip_us",       "raw_round_trip_us",        "switch_pause_ms",
                                 "longest_step_ms",           "switch_pause_p50_ms",      "switch_pause_beyond_step_ms",
                                 "pipeline_throughput_ratio", "mixed_slowdown_automatic", "auto_vs_best_percent"};
  for (const auto pattern : all_patterns())
    for (const auto* prefix : {"overhead_percent_1ms_", "overhead_percent_100us_", "handover_cpu_us_",
                               "handover_wakeups_", "mixed_slowdown_"})
      names.push_back(prefix + std::string{to_string(pattern)});
  for (const auto& name : names) {
    const auto found = std::ranges::find(report->figures, name, &figure::name);
    ASSERT_NE(found, report->figures.end()) << name;
    EXPECT_TRUE(std::isfinite(found->value)) << name;
    if (name.starts_with("overhead")) {
      EXPECT_GE(found->upper95.value_or(-1e9), found->value) << name;
    }
  }
}

}  // namespace
}  // namespace dunlin::bench
