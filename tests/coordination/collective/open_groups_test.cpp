// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/open_groups.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};

group_invitation of(std::uint64_t life, std::uint32_t members = 3) {
  return {life, 0, members, {"n", {life}, "h", 1}, 90s};
}

TEST(OpenGroups, TheFirstToAskConvenes) {
  open_groups groups;

  EXPECT_EQ(groups.on_sought("job", of(1), t0), of(1));
  EXPECT_EQ(groups.on_sought("job", of(2), t0), of(1));
  EXPECT_EQ(groups.on_sought("another", of(2), t0), of(2));
}

TEST(OpenGroups, ANameIsFreeWhenAllHaveCome) {
  open_groups groups;
  for (const std::uint64_t life : {1U, 2U, 3U}) EXPECT_EQ(groups.on_sought("job", of(life), t0), of(1));

  EXPECT_EQ(groups.on_sought("job", of(4), t0), of(4));
}

TEST(OpenGroups, OneMemberIsAGroup) {
  open_groups groups;

  EXPECT_EQ(groups.on_sought("job", of(1, 1), t0), of(1, 1));
  EXPECT_EQ(groups.size(), 0U);
}

TEST(OpenGroups, OneThatDoesNotFillIsForgotten) {
  open_groups groups;
  ASSERT_TRUE(groups.on_sought("job", of(1), t0));

  EXPECT_EQ(groups.on_sought("job", of(2), t0 + 90s - 1ns), of(1));
  EXPECT_EQ(groups.on_sought("job", of(3), t0 + 90s), of(3));
}

TEST(OpenGroups, WhoAsksAgainCountsOnce) {
  open_groups groups;
  for (const std::uint64_t life : {1U, 2U, 2U, 2U}) EXPECT_EQ(groups.on_sought("job", of(life), t0), of(1));

  EXPECT_EQ(groups.on_sought("job", of(3), t0), of(1));
}

TEST(OpenGroups, AConvenerThatGivesUpConvenesAnew) {
  open_groups groups;
  ASSERT_TRUE(groups.on_sought("job", of(1), t0));

  groups.on_given_up("job", of(1));

  EXPECT_EQ(groups.on_sought("job", of(2), t0), of(2));
}

TEST(OpenGroups, AMemberThatGivesUpLeavesItsPlaceToAnother) {
  open_groups groups;
  for (const std::uint64_t life : {1U, 2U}) ASSERT_TRUE(groups.on_sought("job", of(life), t0));

  groups.on_given_up("job", of(2));
  groups.on_given_up("unknown", of(2));

  EXPECT_EQ(groups.on_sought("job", of(3), t0), of(1));
  EXPECT_EQ(groups.on_sought("job", of(4), t0), of(1));
  EXPECT_EQ(groups.on_sought("job", of(5), t0), of(5));
}

TEST(OpenGroups, OneWhoseConvenerIsGoneIsForgotten) {
  open_groups groups;
  ASSERT_TRUE(groups.on_sought("job", of(1), t0));
  ASSERT_TRUE(groups.on_sought("kept", of(2), t0));

  ASSERT_TRUE(groups.on_sought("kept", of(1), t0));

  groups.on_node_down({1});

  EXPECT_EQ(groups.on_sought("job", of(3), t0), of(3));
  for (const std::uint64_t life : {3U, 4U}) EXPECT_EQ(groups.on_sought("kept", of(life), t0), of(2));
}

TEST(OpenGroups, RefusesWhatMakesNoSense) {
  open_groups groups;
  ASSERT_TRUE(groups.on_sought("job", of(1), t0));

  EXPECT_EQ(groups.on_sought("job", of(2, 4), t0).error().code, errc::conflict);
  EXPECT_EQ(groups.on_sought("", of(2), t0).error().code, errc::invalid_argument);
  EXPECT_EQ(groups.on_sought("none", of(2, 0), t0).error().code, errc::invalid_argument);
}

TEST(OpenGroups, AreBounded) {
  open_groups groups;
  for (std::size_t i = 0; i < open_groups::capacity; ++i)
    ASSERT_TRUE(groups.on_sought("job" + std::to_string(i), of(1), t0));

  EXPECT_EQ(groups.on_sought("one-more", of(1), t0).error().code, errc::overloaded);
}

}  // namespace
}  // namespace dunlin
