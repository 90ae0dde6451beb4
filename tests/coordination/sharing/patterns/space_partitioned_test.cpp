// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/space_partitioned.hpp"

#include <gmock/gmock.h>

#include <array>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};

std::unique_ptr<space_partitioned> device(std::uint32_t units, std::uint32_t per_group = 1) {
  return space_partitioned::make({device_id{1}, units, 1'000}, {per_group}).value();
}

share_wish milli(std::uint32_t least, std::uint32_t most = 0) {
  share_wish out;
  out.compute_milli = least;
  out.most_milli = most;
  return out;
}

std::vector<regrant> regrants(space_partitioned& of) {
  std::vector<regrant> out;
  of.take_regrants(out);
  return out;
}

TEST(SpacePartitioned, GivesUnitsThatNobodyElseHas) {
  auto some = device(4);

  EXPECT_THAT(some->place(a, milli(500))->units, ElementsAre(0, 1));
  EXPECT_THAT(some->place(b, milli(250))->units, ElementsAre(2));
  EXPECT_FALSE(some->place(c, milli(500)));
  EXPECT_EQ(some->units_granted(), 3U);
  EXPECT_THAT(some->lack(milli(500)), HasSubstr("needs 2 units, 1 can be had"));
}

TEST(SpacePartitioned, RoundsAWishUpToWholeGroups) {
  auto some = device(20, 8);  // two groups, four units that nobody gets

  EXPECT_EQ(some->place(a, milli(50))->compute_units, 8U);
  EXPECT_EQ(some->place(b, milli(400))->compute_units, 8U);
  EXPECT_EQ(some->units_granted(), 16U);
}

TEST(SpacePartitioned, TheWholeDeviceIsAllOfItsGroups) {
  auto some = device(20, 8);
  EXPECT_EQ(some->place(a, milli(1'000))->compute_units, 16U);
}

TEST(SpacePartitioned, WhoCanUseMoreGetsWhatIsFree) {
  auto some = device(4);
  EXPECT_EQ(some->place(a, milli(250, 750))->compute_units, 3U);
}

TEST(SpacePartitioned, WhoHasMostAboveItsLeastGivesFirstAndNoMoreThanIsNeeded) {
  auto some = device(8);
  ASSERT_EQ(some->place(a, milli(125, 500))->compute_units, 4U);
  ASSERT_EQ(some->place(b, milli(125, 375))->compute_units, 3U);

  const auto granted = some->place(c, milli(250));

  EXPECT_EQ(granted->compute_units, 2U);
  const auto moved = regrants(*some);
  ASSERT_EQ(moved.size(), 1U) << "one was disturbed";
  EXPECT_EQ(moved[0].holder, a);
  EXPECT_EQ(moved[0].grant.compute_units, 3U);
}

TEST(SpacePartitioned, NobodyGoesBelowItsLeast) {
  auto some = device(4);
  some->place(a, milli(500, 1'000));
  EXPECT_FALSE(some->place(b, milli(750)));
  EXPECT_THAT(regrants(*some), IsEmpty()) << "nothing was taken for nothing";
}

TEST(SpacePartitioned, WhatIsLeftGoesToWhoHasLeastOfWhatItCanUse) {
  auto some = device(8);
  some->place(a, milli(250, 1'000));
  some->place(b, milli(250, 500));
  some->place(c, milli(500));
  regrants(*some);

  some->remove(c);
  some->share_rest();

  const auto moved = regrants(*some);
  ASSERT_EQ(moved.size(), 2U);
  EXPECT_EQ(moved[0].grant.compute_units + moved[1].grant.compute_units, 8U);
  EXPECT_LE(moved[1].grant.compute_units, 4U) << "no more than it can use";
}

TEST(SpacePartitioned, AnnouncesNothingThatEndedWhereItBegan) {
  auto some = device(4);
  some->place(a, milli(250, 1'000));
  some->place(b, milli(250));
  regrants(*some);
  some->remove(b);
  some->place(c, milli(250));
  EXPECT_THAT(regrants(*some), IsEmpty());
}

TEST(SpacePartitioned, FitsOnceOthersAreGone) {
  auto some = device(4);
  some->place(a, milli(500));
  some->place(b, milli(500));

  EXPECT_FALSE(some->fits_without(milli(750), std::array{a}));
  EXPECT_TRUE(some->fits_without(milli(750), std::array{a, b}));
  EXPECT_TRUE(some->fits_without(milli(500), std::array{b}));
}

TEST(SpacePartitioned, TakesTheShortestRunThatIsLongEnough) {
  auto some = device(8);
  some->place(a, milli(250));  // 0 1
  some->place(b, milli(125));  // 2
  some->place(c, milli(250));  // 3 4
  ASSERT_DOUBLE_EQ(some->fragmentation(), 0);
  some->remove(b);
  EXPECT_NEAR(some->fragmentation(), 0.25, 1e-9);  // 2 and 5 6 7

  EXPECT_THAT(some->place(b, milli(125))->units, ElementsAre(2));
}

TEST(SpacePartitioned, ScattersWhereNoRunIsLongEnough) {
  auto some = device(4);
  some->place(a, milli(250));
  some->place(b, milli(250));
  some->place(c, milli(250));
  some->remove(a);
  some->remove(c);
  EXPECT_THAT(some->place(a, milli(750))->units, ElementsAre(0, 2, 3));
}

TEST(SpacePartitioned, RefusesGroupsThatTheDeviceHasNot) {
  for (const std::uint32_t wrong : {0U, 5U}) {
    const auto made = space_partitioned::make({device_id{1}, 4, 0}, {wrong});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::invalid_argument);
    EXPECT_EQ(made.error().path, "units_per_group");
  }
}

}  // namespace
}  // namespace dunlin
