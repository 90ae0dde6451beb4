// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/demand_meter.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};

class metered : public testing::Test {
 protected:
  void ask(std::uint64_t agent, time_point now, bool interactive = false) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.wish.compute_milli = 500;
    asked.wish.interactive = interactive;
    meter.on_asked(asked, now);
  }
  void job(std::uint64_t agent, time_point from, int steps, duration busy, std::uint32_t units = 1) {
    ask(agent, from);
    meter.on_steps({agent}, static_cast<std::uint64_t>(steps), busy, units);
    meter.on_left({agent}, from + busy * steps);
  }
  demand_meter meter{{device_id{1}, 4, 1'000}, 8};
};

TEST_F(metered, AStepIsCountedAsIfOnOneUnitUpToWhatItsAgentCanUse) {
  ask(1, t0);
  meter.on_steps({1}, 1, 5ms, 4);  // asked for half of the device: two units are of use

  EXPECT_EQ(meter.at(t0).agents.at(0).step, 10ms);
}

TEST_F(metered, JobsAndPausesAreAsTheyUsuallyAre) {
  job(1, t0, 10, 10ms);
  job(1, t0 + 1s, 10, 10ms);

  const auto seen = meter.at(t0 + 1'100ms).agents.at(0);

  EXPECT_EQ(seen.job_steps, 10U);
  EXPECT_EQ(seen.steps_left, 0U);
  EXPECT_EQ(seen.away, 900ms);
  EXPECT_EQ(seen.back_in, 900ms);
}

TEST_F(metered, OfAJobThatIsLongerThanUsualHalfIsStillToCome) {
  job(1, t0, 10, 10ms);
  ask(1, t0 + 1s);
  meter.on_steps({1}, 30, 10ms, 1);

  EXPECT_EQ(meter.at(t0 + 2s).agents.at(0).steps_left, 30U);
}

TEST_F(metered, WhoStaysAwayForLongDoesNotComeBack) {
  job(1, t0, 10, 10ms);
  job(1, t0 + 1s, 10, 10ms);

  EXPECT_EQ(meter.at(t0 + 3s).agents.size(), 1U);
  EXPECT_EQ(meter.at(t0 + 7s).agents.size(), 0U);
}

TEST_F(metered, ANewAgentIsTakenForOneLikeTheOthers) {
  job(1, t0, 10, 10ms);
  job(1, t0 + 1s, 10, 10ms);
  ask(2, t0 + 2s);
  meter.on_steps({2}, 1, 5ms, 1);

  const auto seen = meter.at(t0 + 2s).agents.at(1);

  EXPECT_EQ(seen.job_steps, 20U) << "100 ms, as the other's";
  EXPECT_EQ(seen.away, 900ms);
}

TEST_F(metered, WhereNobodyComesBackANewAgentIsNotExpectedTo) {
  for (std::uint64_t agent = 1; agent <= 3; ++agent) job(agent, t0, 1, 10ms);
  ask(9, t0 + 10s);

  EXPECT_EQ(meter.at(t0 + 10s).agents.at(0).agent, agent_id{9});
  EXPECT_EQ(meter.at(t0 + 10s).agents.at(0).away, duration::max());
}

TEST_F(metered, OthersLikeThoseWhoCameOnceAreExpectedAsMuchLater) {
  for (std::uint64_t agent = 1; agent <= 3; ++agent) job(agent, t0 + agent * 1s, 4, 10ms);
  ask(9, t0 + 15s);

  const auto seen = meter.at(t0 + 15s).agents;

  ASSERT_EQ(seen.size(), 4U);
  EXPECT_FALSE(seen[0].stranger);
  EXPECT_TRUE(seen[1].stranger);
  EXPECT_EQ(seen[1].back_in, 8s) << "the one of 3 s, twenty seconds later";
  EXPECT_EQ(seen[1].job_steps, 4U);
  EXPECT_EQ(seen[1].away, duration::max());
  EXPECT_EQ(meter.at(t0 + 22s).agents.size(), 2U) << "two of them are forgotten";
}

TEST_F(metered, HowManyUnitsAreOfUseIsLearnedWhereStepsAreSeenOnFewerAndOnMore) {
  ask(1, t0);
  meter.on_steps({1}, 5, 10ms, 4);
  EXPECT_EQ(meter.at(t0).agents.at(0).width(4), 2U) << "as it wished";

  meter.on_steps({1}, 5, 10ms, 1);

  EXPECT_EQ(meter.at(t0).agents.at(0).width(4), 1U) << "it was no faster on four";
  EXPECT_EQ(meter.at(t0).agents.at(0).step, 10ms);
}

TEST_F(metered, AWishForLittleDoesNotHideThatMoreIsOfUse) {
  ask(1, t0);
  meter.on_steps({1}, 5, 40ms, 1);
  meter.on_steps({1}, 5, 10ms, 4);

  EXPECT_EQ(meter.at(t0).agents.at(0).width(4), 4U);
  EXPECT_EQ(meter.at(t0).agents.at(0).step, 40ms);
}

TEST_F(metered, AStrangersStepsCountForNothing) {
  meter.on_steps({5}, 1, 5ms, 1);
  meter.on_left({5}, t0);
  EXPECT_EQ(meter.size(), 0U);
}

TEST_F(metered, KnowsSoManyAndForgetsWhoHasBeenAwayForLongest) {
  job(1, t0, 1, 10ms);
  for (std::uint64_t agent = 2; agent <= 9; ++agent) ask(agent, t0 + 1s);

  EXPECT_EQ(meter.size(), 8U);
  for (const auto& one : meter.at(t0 + 1s).agents) EXPECT_NE(one.agent, agent_id{1});
}

}  // namespace
}  // namespace dunlin
