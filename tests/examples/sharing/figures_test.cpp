// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/figures.hpp"

#include <gmock/gmock.h>

#include "tests/examples/sharing/story_builder.hpp"

namespace dunlin::sharing {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;

TEST(SharingTable, SaysWhichPartOfTheDeviceEachHeld) {
  const auto table = table_of(story_builder{}
                                  .pattern("exclusive", 0, 1'000)
                                  .step(0, 0, 500)
                                  .step(1, 500, 1'500)
                                  .pattern("space_partitioned", 1'000, 2'000)
                                  .step(2, 1'500, 2'000, 1, 1)
                                  .told());

  EXPECT_THAT(table, ContainsRegex("exclusive +50 % +50 % +0 % +0 %"));
  EXPECT_THAT(table, ContainsRegex("space_partitioned +0 % +50 % +25 % +0 %"));
}

TEST(SharingTable, CountsTasksAndTellsHowLongTheAwaitedOnesTook) {
  const auto table = table_of(story_builder{}
                                  .pattern("time_sliced", 0, 1'000)
                                  .paused(0, 2ms)
                                  .paused(1, 7ms)
                                  .task(0, 0, 900)
                                  .task(3, 100, 112)
                                  .task(3, 200, 230)
                                  .task(3, 300, 318)
                                  .told());

  EXPECT_THAT(table, ContainsRegex(" 4 +18.0 ms +30.0 ms +7.0 ms"));
}

TEST(SharingTable, ShowsNoNumberThatNobodyMeasured) {
  EXPECT_THAT(table_of(story_builder{}.pattern("pipeline", 0, 1'000).told()), ContainsRegex(" 0 +- +- +-"));
}

}  // namespace
}  // namespace dunlin::sharing
