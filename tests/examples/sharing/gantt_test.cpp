// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/gantt.hpp"

#include <gmock/gmock.h>

#include "examples/sharing/gantt_rows.hpp"
#include "tests/examples/sharing/story_builder.hpp"

namespace dunlin::sharing {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

moment at(int ms) { return story_builder::at(ms); }

TEST(SharingGantt, DrawsStepsWithoutAGapThatCanBeSeenAsOneBar) {
  const auto told =
      story_builder{}.step(0, 0, 10).step(1, 10, 20).step(0, 11, 20).step(0, 40, 50).step(0, 50, 60, 0, 1).told();

  const auto bars = bars_of(told.steps, {at(0), at(100)}, 5ms);

  ASSERT_THAT(bars, SizeIs(4));
  EXPECT_EQ(bars[0].end, at(20)) << "two steps of the first agent";
  EXPECT_EQ(bars[1].member, 1U);
  EXPECT_EQ(bars[2].begin, at(40));
  EXPECT_EQ(bars[3].units, 1U) << "of other units";
}

TEST(SharingGantt, CutsStepsAtTheEdges) {
  const auto told = story_builder{}.step(0, 0, 100).told();

  const auto bars = bars_of(told.steps, {at(20), at(60)}, 1ms);

  ASSERT_THAT(bars, SizeIs(1));
  EXPECT_EQ(bars[0].begin, at(20));
  EXPECT_EQ(bars[0].end, at(60));
}

TEST(SharingGantt, PooledStepsThatRunAtOnceHaveUnitsOfTheirOwn) {
  const auto told = story_builder{}.pooled_step(0, 0, 10).pooled_step(1, 5, 15).pooled_step(2, 12, 20).told();

  const auto steps = with_units(told);

  EXPECT_EQ(steps[0].first_unit, 0U);
  EXPECT_EQ(steps[1].first_unit, 1U);
  EXPECT_EQ(steps[2].first_unit, 0U);
}

TEST(SharingGantt, LooksCloserWhereMostAgentsAreAtWork) {
  const auto told =
      story_builder{}.pattern("pipeline", 0, 1'000).step(0, 0, 10).step(1, 510, 520).step(2, 530, 540).told();

  const auto found = busiest(told.steps, told.phases.front(), 100ms);

  EXPECT_EQ(found.from, at(450)) << "the first in which both are";
  EXPECT_EQ(found.to, at(550));
}

TEST(SharingGantt, NamesPatternsAgentsAndPauses) {
  const auto picture = to_svg(story_builder{}
                                  .pattern("exclusive", 0, 1'000)
                                  .step(0, 0, 500)
                                  .pattern("time_sliced", 1'000, 2'000)
                                  .paused(0, 7ms)
                                  .step(1, 1'200, 1'400)
                                  .told());

  for (const auto* word : {"<svg", "exclusive", "time_sliced", "index", "answer", "paused 7.0 ms", "</svg>"})
    EXPECT_THAT(picture, HasSubstr(word));
}

TEST(SharingGantt, OfNothingIsAnEmptyPicture) { EXPECT_THAT(to_svg({}), HasSubstr("</svg>")); }

}  // namespace
}  // namespace dunlin::sharing
