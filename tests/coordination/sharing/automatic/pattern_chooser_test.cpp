// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/pattern_chooser.hpp"

#include <gmock/gmock.h>

#include "tests/coordination/sharing/automatic/demand_builder.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr time_point t0{1'000s};

/// Nobody else is expected.
pattern_chooser chooser_from(sharing_pattern start) {
  chooser_terms terms;
  terms.somebody_weight = 0;
  terms.options.pattern = start;
  return pattern_chooser::make(terms).value();
}

/// Takes one whole look, and the time that it takes. Returns the choice.
std::optional<share_options> look(pattern_chooser& some, const device_demand& demand, time_point& now) {
  now = std::max(now, some.next_step());
  some.begin_look(demand, now);
  while (some.is_looking()) {
    now = std::max(now, some.next_step());
    if (auto next = some.go_on(now)) return next;
  }
  return std::nullopt;
}

TEST(PatternChooser, LeavesAPatternThatIsBad) {
  auto some = chooser_from(sharing_pattern::pipeline);
  auto now = t0;

  const auto next = look(some, one_wide(), now);

  ASSERT_TRUE(next);
  EXPECT_EQ(next->pattern, sharing_pattern::exclusive);
  EXPECT_EQ(some.pattern(), sharing_pattern::exclusive);
}

TEST(PatternChooser, StaysWhereNothingIsGained) {
  auto some = chooser_from(sharing_pattern::pipeline);
  auto now = t0;
  for (int count = 0; count < 20; ++count) EXPECT_FALSE(look(some, four_narrow(), now));
}

TEST(PatternChooser, LooksOnlySoOften) {
  auto some = chooser_from(sharing_pattern::exclusive);
  auto now = t0;
  EXPECT_FALSE(look(some, one_wide(), now));

  EXPECT_GE(some.next_step(), t0 + 250ms);
  some.begin_look(four_narrow(), some.next_step() - 1ns);
  EXPECT_FALSE(some.is_looking());
  some.begin_look(four_narrow(), some.next_step());
  EXPECT_TRUE(some.is_looking());
}

TEST(PatternChooser, PlaysALookInPartsSoThatNobodyWaitsForIt) {
  chooser_terms terms;
  terms.part_events = 50;
  auto some = pattern_chooser::make(terms).value();
  auto now = t0;
  int parts = 0;
  some.begin_look(four_narrow(), now);
  for (; some.is_looking(); ++parts, now = some.next_step()) {
    EXPECT_FALSE(some.go_on(now));
    EXPECT_GE(some.next_step(), now + terms.part_every);
    EXPECT_FALSE(some.go_on(some.next_step() - 1ns)) << "it is not yet time to";
  }
  EXPECT_GE(parts, 10) << "five candidates of more than a hundred events each";
}

TEST(PatternChooser, ALongLookIsFollowedByALongRest) {
  chooser_terms terms;
  terms.rest_per_event = 10ms;
  auto some = pattern_chooser::make(terms).value();
  auto now = t0;
  EXPECT_FALSE(look(some, four_narrow(), now));
  EXPECT_GE(some.next_step(), now + 5 * 100 * terms.rest_per_event);
}

TEST(PatternChooser, DoesNotFlapWithDemandThatTurnsBackAndForth) {
  auto some = chooser_from(sharing_pattern::collaborative);
  auto slightly_wide = with({worker(1, 4, 40ms, 50), worker(2, 4, 40ms, 50)});
  auto slightly_narrow = slightly_wide;
  slightly_narrow.agents[0].job_steps = slightly_narrow.agents[0].steps_left = 60;
  int switches = 0;
  auto now = t0;
  for (int count = 0; count < 400; ++count)
    if (look(some, count % 2 == 0 ? slightly_wide : slightly_narrow, now)) ++switches;
  EXPECT_LE(switches, 2);
}

TEST(PatternChooser, NobodyThereIsNoReason) {
  auto some = chooser_from(sharing_pattern::pipeline);
  some.begin_look(four_units(), t0);
  EXPECT_FALSE(some.is_looking());
  EXPECT_EQ(some.next_step(), t0 + 250ms) << "nor one to ask all the time";
  EXPECT_THAT(some.explain(t0).summary, HasSubstr("nobody has asked"));
}

TEST(PatternChooser, AStrangerWhoIsExpectedDoesNotMakeTheAgentsOthers) {
  auto some = chooser_from(sharing_pattern::pipeline);
  auto now = t0;
  auto demand = four_narrow();
  EXPECT_FALSE(look(some, demand, now));
  auto late = worker(9, 1, 1ms, 5);
  late.stranger = true;
  late.steps_left = 0;
  late.back_in = 1s;
  demand.agents.push_back(late);
  EXPECT_FALSE(look(some, demand, now));

  EXPECT_THAT(some.explain(now).summary, StartsWith("of 4 agents"));
}

TEST(PatternChooser, APatternThatLetsWhoeverComesWaitIsNoGoodChoice) {
  chooser_terms terms;
  terms.options.pattern = sharing_pattern::pipeline;
  auto some = pattern_chooser::make(terms).value();
  auto now = t0;

  const auto next = look(some, one_wide(), now);

  ASSERT_TRUE(next);
  EXPECT_NE(next->pattern, sharing_pattern::exclusive) << "as good for the one who is there";
}

TEST(PatternChooser, SaysWhyAndWhatWouldChangeIt) {
  auto some = chooser_from(sharing_pattern::pipeline);
  auto now = t0;
  ASSERT_TRUE(look(some, one_wide(), now));

  const auto why = some.explain(now + 1s);

  EXPECT_TRUE(why.automatic);
  EXPECT_EQ(why.switches, 1U);
  EXPECT_THAT(why.summary, HasSubstr("exclusive 1.00"));
  EXPECT_THAT(why.summary, HasSubstr("pipeline 4.0"));
  EXPECT_THAT(why.summary, HasSubstr("; exclusive is in force"));
  EXPECT_THAT(why.change, StartsWith("time_sliced is expected to be at 0.9"));
  EXPECT_EQ(why.outlook.size(), 5U);
}

TEST(PatternChooser, RefusesTermsThatMakeNoSense) {
  const auto path = [](auto change) {
    chooser_terms terms;
    change(terms);
    return pattern_chooser::make(terms).error().path;
  };
  EXPECT_EQ(path([](auto& terms) { terms.candidates = {}; }), "candidates");
  EXPECT_EQ(path([](auto& terms) { terms.candidates.push_back(sharing_pattern::any); }), "candidates");
  EXPECT_EQ(path([](auto& terms) { terms.look_every = 0s; }), "look_every");
  EXPECT_EQ(path([](auto& terms) { terms.stay_for = -1s; }), "look_every");
  EXPECT_EQ(path([](auto& terms) { terms.part_events = 0; }), "look_every");
  EXPECT_EQ(path([](auto& terms) { terms.least_gain = 2; }), "least_gain");
  EXPECT_EQ(path([](auto& terms) { terms.somebody_weight = 1'001; }), "somebody_weight");
}

}  // namespace
}  // namespace dunlin
