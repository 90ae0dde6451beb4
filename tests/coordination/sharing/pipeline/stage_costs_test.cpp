// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/pipeline/stage_costs.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};

duration item(stage_costs& some, agent_id agent, duration busy) {
  some.begin_item(agent);
  return some.count(agent, busy, true);
}

TEST(StageCosts, ATimeCountsAsItIsUntilAllStagesAreKnown) {
  stage_costs some{2};
  some.join(a, 0);
  some.join(b, 1);
  EXPECT_EQ(item(some, a, 1ms), 1ms);
  EXPECT_EQ(some.count(c, 5ms, true), 5ms) << "who serves no stage";
}

TEST(StageCosts, AnItemCountsAlikeForAllAndTogetherWhatItCost) {
  stage_costs some{2};
  some.join(a, 0);
  some.join(b, 1);
  item(some, a, 1ms);
  item(some, b, 3ms);

  EXPECT_EQ(item(some, a, 1ms), 2ms);
  EXPECT_EQ(item(some, b, 3ms), 2ms);
}

TEST(StageCosts, AgentsThatShareAStageHaveItsItemsInTurns) {
  stage_costs some{2};
  some.join(a, 0);
  some.join(b, 1);
  some.join(c, 1);
  item(some, a, 2ms);
  item(some, b, 4ms);

  EXPECT_EQ(item(some, a, 2ms), 2ms);
  EXPECT_EQ(item(some, b, 4ms), 4ms) << "it works on every other item";
  some.leave(c);
  EXPECT_EQ(item(some, b, 4ms), 3ms);
}

TEST(StageCosts, AnItemOfManyStepsCountsAsOneOfOne) {
  stage_costs some{2};
  some.join(a, 0);
  some.join(b, 1);
  item(some, a, 1ms);
  some.begin_item(b);
  some.count(b, 1ms, false);
  some.count(b, 1ms, false);
  some.count(b, 1ms, true);

  EXPECT_EQ(item(some, a, 1ms), 2ms);
}

TEST(StageCosts, WhatComesBeforeTheFirstItemIsNoPartOfIt) {
  stage_costs some{2};
  some.join(a, 0);
  some.join(b, 1);
  EXPECT_EQ(some.count(b, 10s, true), 10s);
  item(some, a, 1ms);
  item(some, b, 1ms);

  EXPECT_EQ(item(some, a, 1ms), 1ms);
}

}  // namespace
}  // namespace dunlin
