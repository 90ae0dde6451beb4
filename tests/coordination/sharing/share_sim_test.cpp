// SPDX-License-Identifier: Apache-2.0
// Patterns in virtual time, with agents at work: shares are kept to.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "tests/coordination/sharing/share_sim_patterns.hpp"

namespace dunlin::sim {
namespace {

/// Jain's index over what each got of its weight: 1 = perfectly fair. Source: Jain, Chiu, Hawe, DEC-TR-301, 1984.
double jain(const std::vector<double>& shares) {
  const auto sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  const auto squares = std::inner_product(shares.begin(), shares.end(), shares.begin(), 0.0);
  return sum * sum / (static_cast<double>(shares.size()) * squares);
}

TEST(ShareSim, ExclusiveRunsOneAfterTheOther) {
  auto some = sim_of(make_exclusive);
  const auto a = some.add({.steps = 10});
  const auto b = some.add({.steps = 10});

  some.run_for(10ms);
  EXPECT_EQ(some.of(a).steps, 10U);
  EXPECT_EQ(some.of(b).steps, 0U);
  some.run_for(10ms);
  EXPECT_TRUE(some.of(b).done);
}

TEST(ShareSim, TimeSlicesFollowTheWeightsWithinTwoPercentOverAHundredQuanta) {
  auto some = sim_of(make_time_sliced);
  const std::vector<std::uint32_t> weights{50, 100, 150, 300};
  const std::vector<duration> steps{700us, 1ms, 3ms, 1'300us};
  std::vector<agent_id> agents;
  for (std::size_t i = 0; i < weights.size(); ++i)
    agents.push_back(some.add({.wish = {.weight = weights[i]}, .step = steps[i]}));

  some.run_for(6s);  // a hundred turns of each are 100 × (5 + 10 + 15 + 30) ms

  std::vector<double> shares;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto share = some.of(agents[i]).busy / 1.0s / 6;
    EXPECT_NEAR(share, weights[i] / 600.0, 0.02 * weights[i] / 600.0) << i;
    shares.push_back(share / weights[i]);
  }
  EXPECT_GE(jain(shares), 0.98);
}

/// What each had of the device, as parts of it.
std::vector<double> parts_of(share_sim& some, const std::vector<agent_id>& agents, std::uint32_t units) {
  some.begin_measuring();
  some.run_for(6s);
  std::vector<double> out;
  out.reserve(agents.size());
  for (const auto agent : agents) out.push_back(some.of(agent).busy / 6.0s * some.of(agent).grant.units.size() / units);
  return out;
}

TEST(ShareSim, WhoCollaboratesHasItsPartByWeightWithinTwoPercentBeforeAnythingIsSettled) {
  for (const std::uint32_t units : {1U, 4U, 6U}) {
    auto some = sim_of(make_collaborative, units);
    const std::vector<std::uint32_t> weights{50, 100, 150, 300};
    const std::vector<duration> steps{700us, 1ms, 3ms, 1'300us};
    std::vector<agent_id> agents;
    for (std::size_t i = 0; i < weights.size(); ++i)
      agents.push_back(some.add({.wish = {.weight = weights[i]}, .step = steps[i]}));

    auto parts = parts_of(some, agents, units);

    for (std::size_t i = 0; i < weights.size(); ++i) {
      EXPECT_NEAR(parts[i], weights[i] / 600.0, 0.02 * weights[i] / 600.0) << i << " on " << units;
      parts[i] /= weights[i];
    }
    EXPECT_GE(jain(parts), 0.98);
  }
}

TEST(ShareSim, WhoCollaboratesHasWhatWasSettledWithinTwoPercent) {
  for (const std::uint32_t units : {1U, 4U, 7U}) {
    auto some = sim_of(make_collaborative, units);
    const std::vector<std::uint32_t> settled{500, 250, 150, 100};
    std::vector<agent_id> agents;
    std::vector<allotment> allotments;
    for (const auto milli : settled) {
      agents.push_back(some.add({}));
      allotments.push_back({agents.back(), milli});
    }
    some.run_for(100ms);
    const auto before = some.of(agents[3]).token;

    some.settle(allotments);

    EXPECT_GT(some.of(agents[3]).token, before);
    const auto parts = parts_of(some, agents, units);
    for (std::size_t i = 0; i < settled.size(); ++i)
      EXPECT_NEAR(parts[i], settled[i] / 1'000.0, 0.02 * settled[i] / 1'000.0) << i << " on " << units;
  }
}

TEST(ShareSim, AnOverrunIsOneStepAtMostAndIsPaidBack) {
  auto some = sim_of(make_time_sliced);
  const auto rude = some.add({.step = 35ms});
  const auto mild = some.add({.step = 1ms});

  some.run_for(10s);

  EXPECT_NEAR(some.of(rude).busy / 1.0s, 5, 0.1);
  EXPECT_NEAR(some.of(mild).busy / 1.0s, 5, 0.1);
  EXPECT_LE(some.of(mild).longest_wait, 35ms) << "one step of the other";
}

TEST(ShareSim, AnInteractiveAgentWaitsForOneStepOnly) {
  auto some = sim_of(make_time_sliced);
  for (int i = 0; i < 3; ++i) some.add({.step = 2ms});
  some.run_for(100ms);
  const auto quick = some.add({.wish = {.interactive = true}, .step = 500us, .steps = 4});

  some.run_for(20ms);

  EXPECT_TRUE(some.of(quick).done);
  EXPECT_LE(some.of(quick).longest_wait, 2ms);
}

/// Shares of `units` pooled units that agents of these weights get in `time`.
std::vector<double> pooled_shares(const std::vector<std::uint32_t>& weights, std::uint32_t units, duration time) {
  auto some = sim_of(make_pipeline, units);
  const std::vector<duration> steps{700us, 1ms, 3ms, 1'300us};
  std::vector<agent_id> agents;
  for (std::size_t i = 0; i < weights.size(); ++i)
    agents.push_back(some.add({.wish = {.weight = weights[i]}, .step = steps[i % steps.size()]}));
  some.run_for(time);
  std::vector<double> out;
  out.reserve(agents.size());
  for (const auto agent : agents)
    out.push_back(static_cast<double>(some.of(agent).busy.count()) / static_cast<double>(time.count()));
  return out;
}

TEST(ShareSim, APoolFollowsTheWeightsWithinTwoPercentOverAHundredQuanta) {
  const std::vector<std::uint32_t> weights{50, 100, 150, 200};

  const auto got = pooled_shares(weights, 2, 2'500ms);  // a hundred turns of each: 100 × (5 + 10 + 15 + 20) / 2 ms

  std::vector<double> by_weight;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(got[i], 2 * weights[i] / 500.0, 0.02 * 2 * weights[i] / 500.0) << i;
    by_weight.push_back(got[i] / weights[i]);
  }
  EXPECT_GE(jain(by_weight), 0.98);
  EXPECT_NEAR(std::accumulate(got.begin(), got.end(), 0.0), 2, 0.01) << "no unit is idle";
}

TEST(ShareSim, AWeightThatOneUnitCannotServeTakesNothingFromTheOthers) {
  const auto got = pooled_shares({1'000, 100, 100, 100}, 2, 5s);

  EXPECT_NEAR(got[0], 1, 0.02);
  for (std::size_t i = 1; i < got.size(); ++i) EXPECT_NEAR(got[i], 1 / 3.0, 0.02 / 3) << i;
}

TEST(ShareSim, APoolGivesEachAUnitWhileThereAreEnough) {
  for (const auto share : pooled_shares({1, 100, 1'000}, 3, 1s)) EXPECT_NEAR(share, 1, 0.01);
}

TEST(ShareSim, PartitionsRunSideBySide) {
  auto some = sim_of(make_space);
  const auto a = some.add({.wish = {.compute_milli = 250}});
  const auto b = some.add({.wish = {.compute_milli = 500}});

  some.run_for(1s);

  EXPECT_EQ(some.of(a).busy, 1s);
  EXPECT_EQ(some.of(b).busy, 1s);
  EXPECT_EQ(some.of(a).grant.units.size(), 1U);
  EXPECT_EQ(some.of(b).grant.units.size(), 2U);
}

TEST(ShareSim, APartitionGrowsIntoWhatIsFreeAndGivesItBack) {
  auto some = sim_of(make_space);
  const auto wide = some.add({.wish = {.compute_milli = 250, .most_milli = 1'000}});
  EXPECT_EQ(some.of(wide).grant.units.size(), 4U);

  const auto other = some.add({.wish = {.compute_milli = 500}, .steps = 5});
  EXPECT_EQ(some.of(wide).grant.units.size(), 2U);
  EXPECT_EQ(some.of(other).grant.units.size(), 2U);

  some.run_for(20ms);
  ASSERT_TRUE(some.of(other).done);
  EXPECT_EQ(some.of(wide).grant.units.size(), 4U);
  EXPECT_EQ(some.of(wide).failures, 0U);
}

TEST(ShareSim, AHigherPriorityStopsAHolderBetweenTwoStepsAndItGoesOnLater) {
  auto some = sim_of(make_exclusive);
  const auto low = some.add({.priority = 2, .step = 3ms, .steps = 100});
  some.run_for(10ms);

  const auto high = some.add({.priority = 9, .steps = 50});
  some.run_for(53ms);

  EXPECT_TRUE(some.of(high).done);
  EXPECT_LE(some.of(high).longest_wait, 3ms);
  some.run_for(300ms);
  EXPECT_TRUE(some.of(low).done);
  EXPECT_EQ(some.of(low).failures, 0U);
}

}  // namespace
}  // namespace dunlin::sim
