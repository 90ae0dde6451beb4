// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/share_options.hpp"

#include <gmock/gmock.h>

#include <array>

#include "coordination/sharing/patterns/fixed_partitions.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const device_capacity four_units{device_id{1}, 4, 1'000};

share_wish milli(std::uint32_t least) {
  share_wish out;
  out.compute_milli = least;
  return out;
}

TEST(ShareOptions, MakeTheRuleOfTheirPattern) {
  for (const auto pattern :
       {sharing_pattern::exclusive, sharing_pattern::time_sliced, sharing_pattern::space_partitioned,
        sharing_pattern::pipeline, sharing_pattern::collaborative}) {
    const auto made = make_rule({.pattern = pattern}, four_units);
    ASSERT_TRUE(made);
    EXPECT_EQ((*made)->pattern(), pattern);
  }
}

TEST(ShareOptions, NameTheOptionThatIsWrong) {
  const auto path = [](const share_options& options) { return make_rule(options, four_units).error().path; };
  EXPECT_EQ(path({.pattern = sharing_pattern::any}), "pattern");
  EXPECT_EQ(path({.pattern = sharing_pattern::time_sliced, .quantum = milliseconds{0}}), "quantum_ms");
  EXPECT_EQ(path({.pattern = sharing_pattern::time_sliced, .quantum = milliseconds{1'001}}), "quantum_ms");
  EXPECT_EQ(path({.pattern = sharing_pattern::time_sliced, .burst = milliseconds{-1}}), "burst_ms");
  EXPECT_EQ(path({.pattern = sharing_pattern::time_sliced, .most_holders = 0}), "most_holders");
  EXPECT_EQ(path({.pattern = sharing_pattern::collaborative, .quantum = milliseconds{0}}), "quantum_ms");
  EXPECT_EQ(path({.pattern = sharing_pattern::collaborative, .most_holders = 0}), "most_holders");
  EXPECT_EQ(path({.pattern = sharing_pattern::space_partitioned, .units_per_group = 5}), "units_per_group");
  EXPECT_EQ(path({.pattern = sharing_pattern::space_partitioned, .units = {1, 0}}), "units");
  EXPECT_EQ(path({.pattern = sharing_pattern::space_partitioned, .units = {3, 2}}), "units");
  EXPECT_EQ(path({.pattern = sharing_pattern::pipeline, .quantum = milliseconds{0}}), "quantum_ms");
  EXPECT_EQ(path({.pattern = sharing_pattern::pipeline, .stages = {{.name = "a", .parallelism = 5}}}),
            "stages[0].parallelism");
}

TEST(ShareOptions, WithoutAPatternHaveToSuitAnyOfThem) {
  const auto checked = [](share_options options) {
    options.pattern = sharing_pattern::any;
    return check_options(options, four_units);
  };
  EXPECT_TRUE(checked({}));
  EXPECT_TRUE(checked({.units = {2, 2}}));
  EXPECT_EQ(checked({.quantum = milliseconds{0}}).error().path, "quantum_ms");
  EXPECT_EQ(checked({.units = {3, 2}}).error().path, "units");
  EXPECT_EQ(checked({.stages = {{.name = "a", .parallelism = 5}}}).error().path, "stages[0].parallelism");
  EXPECT_TRUE(check_options({.pattern = sharing_pattern::exclusive, .units = {3, 2}}, four_units)) << "of no use there";
}

TEST(FixedPartitions, GiveTheSmallestThatIsLargeEnough) {
  const auto some = fixed_partitions::make(four_units, {2, 1, 1}).value();

  EXPECT_THAT(some->place({1}, milli(250))->units, ElementsAre(2));
  EXPECT_THAT(some->place({2}, milli(500))->units, ElementsAre(0, 1));
  EXPECT_THAT(some->place({3}, milli(100))->units, ElementsAre(3));
  EXPECT_FALSE(some->place({4}, milli(100)));
  EXPECT_THAT(some->lack(milli(100)), HasSubstr("no partition"));
  EXPECT_EQ(some->units_granted(), 4U);
  some->remove({2});
  EXPECT_EQ(some->place({4}, milli(100))->lane, 0U) << "a larger one is better than none";
}

TEST(FixedPartitions, RefuseWhatNoneOfThemHolds) {
  const auto some = fixed_partitions::make(four_units, {2, 1}).value();

  EXPECT_EQ(some->check(milli(750)).error().code, errc::infeasible);
  EXPECT_TRUE(some->check(milli(500)));
}

TEST(FixedPartitions, KeepAHolderThatCameFromAnotherRule) {
  const auto some = fixed_partitions::make(four_units, {2, 1}).value();
  EXPECT_EQ(some->place({1}, milli(1'000))->compute_units, 2U);
}

TEST(FixedPartitions, FitOnceOthersAreGone) {
  const auto some = fixed_partitions::make(four_units, {2, 1}).value();
  some->place({1}, milli(500));
  some->place({2}, milli(250));
  EXPECT_FALSE(some->fits_without(milli(500), std::array{agent_id{2}}));
  EXPECT_TRUE(some->fits_without(milli(500), std::array{agent_id{1}}));
}

}  // namespace
}  // namespace dunlin
