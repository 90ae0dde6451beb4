// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/forecast.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/coordination/sharing/automatic/demand_builder.hpp"

namespace dunlin {
namespace {

double expected(const device_demand& demand, sharing_pattern pattern) {
  return forecast_slowdown(demand, {.pattern = pattern}, {}).value();
}

TEST(Forecast, MeansAreGeometricAndWeighted) {
  const std::vector<job_progress> agents{{100, 4s, 1s}, {300, 1s, 1s}, {100, 0s, 0s}};
  EXPECT_NEAR(mean_slowdown(agents), 1.4142, 0.001);
  EXPECT_EQ(mean_slowdown({}), 1);
}

TEST(Forecast, WhoRanNothingCountsAsIfItHadRunOneStep) {
  const std::vector<job_progress> agents{{100, 1s, 0s, 10ms}};
  EXPECT_NEAR(mean_slowdown(agents), 100, 0.001);
}

TEST(Forecast, AWideStepIsSlowOnOneUnit) {
  EXPECT_NEAR(expected(one_wide(), sharing_pattern::exclusive), 1, 0.01);
  EXPECT_NEAR(expected(one_wide(), sharing_pattern::pipeline), 4, 0.05);
}

TEST(Forecast, NarrowAgentsAreBestSideBySide) {
  EXPECT_NEAR(expected(four_narrow(), sharing_pattern::space_partitioned), 1, 0.01);
  EXPECT_NEAR(expected(four_narrow(), sharing_pattern::time_sliced), 4, 1);
}

TEST(Forecast, AnInteractiveAgentDoesNotWaitForAJobToEnd) {
  auto demand = one_wide();
  auto quick = worker(2, 1, 1ms, 4);
  quick.wish.interactive = true;
  quick.away = 100ms;
  demand.agents.push_back(quick);

  EXPECT_LT(expected(demand, sharing_pattern::time_sliced), 4);
  EXPECT_GT(expected(demand, sharing_pattern::exclusive), 10);
}

TEST(Forecast, IsTheSameEachTime) {
  EXPECT_EQ(expected(four_narrow(), sharing_pattern::collaborative),
            expected(four_narrow(), sharing_pattern::collaborative));
}

TEST(Forecast, MadeBitByBitItIsTheSame) {
  auto some = forecast::make(four_narrow(), {.pattern = sharing_pattern::time_sliced}, {}).value();
  int parts = 1;
  for (auto before = some.played(); !some.go_on(7); ++parts, before = some.played())
    EXPECT_EQ(some.played(), before + 7);

  EXPECT_GT(parts, 10);
  EXPECT_EQ(some.slowdown(), expected(four_narrow(), sharing_pattern::time_sliced));
}

TEST(Forecast, EndsAfterFourTimesTheEventsThatItIsTunedTo) {
  forecast_terms terms;
  terms.events = 10;
  auto some = forecast::make(four_narrow(), {.pattern = sharing_pattern::time_sliced}, terms).value();
  while (!some.go_on(1)) continue;
  EXPECT_LE(some.played(), 40U);
}

TEST(Forecast, RefusesWhatNoRuleCanBeMadeOf) {
  EXPECT_EQ(forecast_slowdown(one_wide(), {.pattern = sharing_pattern::any}, {}).error().path, "pattern");
}

TEST(Forecast, EndsWhereThereIsNothingToForesee) {
  EXPECT_EQ(expected(four_units(), sharing_pattern::exclusive), 1);
  EXPECT_GE(expected(with({worker(1, 4, 0ns, ~std::uint64_t{0})}), sharing_pattern::time_sliced), 1);
}

}  // namespace
}  // namespace dunlin
