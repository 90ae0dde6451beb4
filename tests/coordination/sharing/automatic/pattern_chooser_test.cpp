// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/pattern_chooser.hpp"

#include <gmock/gmock.h>

#include "tests/coordination/sharing/automatic/demand_builder.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr time_point t0{1'000s};

pattern_chooser chooser_from(sharing_pattern start) {
  chooser_terms terms;
  terms.options.pattern = start;
  return pattern_chooser::make(terms).value();
}

TEST(PatternChooser, LeavesAPatternThatIsBad) {
  auto some = chooser_from(sharing_pattern::pipeline);

  const auto next = some.on_demand(one_wide(), t0);

  ASSERT_TRUE(next);
  EXPECT_EQ(next->pattern, sharing_pattern::exclusive);
  EXPECT_EQ(some.pattern(), sharing_pattern::exclusive);
}

TEST(PatternChooser, StaysWhereNothingIsGained) {
  auto some = chooser_from(sharing_pattern::pipeline);
  for (int look = 0; look < 20; ++look) EXPECT_FALSE(some.on_demand(four_narrow(), t0 + look * 1s));
}

TEST(PatternChooser, LooksOnlySoOften) {
  auto some = chooser_from(sharing_pattern::exclusive);
  EXPECT_FALSE(some.on_demand(one_wide(), t0));

  EXPECT_EQ(some.next_look(), t0 + 250ms);
  EXPECT_FALSE(some.on_demand(four_narrow(), t0 + 249ms));
  EXPECT_TRUE(some.on_demand(four_narrow(), t0 + 250ms));
}

TEST(PatternChooser, DoesNotFlapWithDemandThatTurnsBackAndForth) {
  auto some = chooser_from(sharing_pattern::collaborative);
  auto slightly_wide = with({worker(1, 4, 40ms, 50), worker(2, 4, 40ms, 50)});
  auto slightly_narrow = slightly_wide;
  slightly_narrow.agents[0].job_steps = slightly_narrow.agents[0].steps_left = 60;
  int switches = 0;
  for (int look = 0; look < 400; ++look)
    if (some.on_demand(look % 2 == 0 ? slightly_wide : slightly_narrow, t0 + look * 250ms)) ++switches;
  EXPECT_LE(switches, 2);
}

TEST(PatternChooser, NobodyThereIsNoReason) {
  auto some = chooser_from(sharing_pattern::pipeline);
  EXPECT_FALSE(some.on_demand(four_units(), t0));
  EXPECT_THAT(some.explain(t0).summary, HasSubstr("nobody has asked"));
}

TEST(PatternChooser, SaysWhyAndWhatWouldChangeIt) {
  auto some = chooser_from(sharing_pattern::pipeline);
  ASSERT_TRUE(some.on_demand(one_wide(), t0));

  const auto why = some.explain(t0 + 1s);

  EXPECT_THAT(why.summary, HasSubstr("exclusive 1.00"));
  EXPECT_THAT(why.summary, HasSubstr("pipeline 4.0"));
  EXPECT_THAT(why.summary, HasSubstr("; exclusive is in force"));
  EXPECT_THAT(why.change, StartsWith("time_sliced, once it is expected to be at 0.9"));
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
  EXPECT_EQ(path([](auto& terms) { terms.least_gain = 2; }), "least_gain");
}

}  // namespace
}  // namespace dunlin
