// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/coordination/sharing/shared_device/home_story.hpp"

namespace dunlin {
namespace {

using testing::IsEmpty;

struct DeviceHome : home_story {};

TEST_F(DeviceHome, SaysNothingWithoutTheRightTo) {
  device_home without{small_device(), appointed(5, 1, {a, b}), t0};
  std::vector<told_sharer> told;
  without.take_told(t0, told);
  EXPECT_THAT(told, IsEmpty());

  open();
  says(a, t0 + 10s);
  EXPECT_EQ(heard[a].heard, 1U) << "the second message was not answered";
}

TEST_F(DeviceHome, WhatItTellsEndsNoLaterThanItsOwnRight) {
  home.prolong(t0 + 12s);
  says(a, t0 + 1s);
  EXPECT_EQ(heard[a].tenure, 10s);
  says(a, t0 + 8s);
  EXPECT_EQ(heard[a].tenure, 4s);
}

TEST_F(DeviceHome, TwoAgentsOfOneNameInTwoProcessesAreTwo) {
  open();
  states[a].seats.push_back(wish(1));
  says(a);
  states[b].seats.push_back(wish(1));
  says(b);

  EXPECT_EQ(seat(a).state, seat_state::holding);
  EXPECT_EQ(seat(b).state, seat_state::waiting);
}

TEST_F(DeviceHome, WhoeverGivesItsSeatUpLeavesItToTheNext) {
  open();
  states[a].seats.push_back(wish(1));
  says(a);
  states[b].seats.push_back(wish(1));
  says(b);

  states[a].seats.clear();
  says(a);

  EXPECT_EQ(seat(b).state, seat_state::holding);
}

TEST_F(DeviceHome, AWishThatCannotBeIsRefusedInItsSeat) {
  open();
  states[a].seats.push_back(wish(1, 2'000));
  says(a);

  EXPECT_EQ(seat(a).state, seat_state::ended);
  EXPECT_EQ(seat(a).why.code, errc::infeasible);
  states[a].seats.clear();
  says(a);
  EXPECT_THAT(heard[a].seats, IsEmpty());
}

TEST_F(DeviceHome, BytesThatWereTakenBackCountUntilTheyAreFree) {
  open();
  share_options turns;
  turns.pattern = sharing_pattern::time_sliced;
  ASSERT_TRUE(home.coordinate(turns, t0));
  states[a].seats.push_back(wish(1, 800));
  states[a].seats.back().in_steps = false;
  says(a);
  ASSERT_EQ(seat(a).state, seat_state::holding);
  states[b].seats.push_back(wish(1, 800));
  states[b].seats.back().priority = 10;
  says(b);
  EXPECT_EQ(seat(a).state, seat_state::recalled);
  home.prolong(t0 + 20s);
  home.tick(t0 + 3s);
  hear(t0 + 3s);
  ASSERT_EQ(seat(a).state, seat_state::ended);
  EXPECT_EQ(seat(b).state, seat_state::waiting) << "granted, but nobody has said that the memory is free";

  states[a].seats.clear();
  says(a, t0 + 3s);
  says(b, t0 + 3s);

  EXPECT_EQ(seat(b).state, seat_state::holding);
}

TEST_F(DeviceHome, UseIsCountedOnce) {
  open();
  states[a].seats.push_back(wish(1));
  says(a);
  auto& mine = states[a].seats.front();
  mine.token = seat(a).token;
  mine.used = {5'000'000, 0, 5, exactness::upper_bound};
  says(a);
  says(a);

  EXPECT_EQ(home.sharing().leases().contracts().front().used.busy_ns, 5'000'000U);
}

TEST_F(DeviceHome, BidsOfASharersAgentsReachTheTalk) {
  open();
  share_options talk;
  talk.pattern = sharing_pattern::collaborative;
  ASSERT_TRUE(home.coordinate(talk, t0));
  states[a].seats.push_back(wish(1));
  says(a);
  states[b].seats.push_back(wish(1));
  says(b);
  says(a);
  ASSERT_EQ(heard[a].called, std::vector<agent_id>{{1}});
  states[a].bids = {{heard[a].call.call, {1}, 300, 700, 0ms, {9, 9, 9, 9}}};
  states[b].bids = {{heard[b].call.call, {1}, 300, 300}};
  says(a);
  says(b);
  says(a);

  ASSERT_EQ(heard[a].offers.size(), 1U);
  EXPECT_EQ(heard[a].offers.front().compute_milli, 700U);
  EXPECT_EQ(heard[b].offers.front().compute_milli, 300U);
  EXPECT_EQ(heard[a].offers.front().to, agent_id{1});
}

TEST_F(DeviceHome, MoreWishesOfOneSharerThanItTakesWaitThere) {
  auto config = small_device();
  config.shared.most_seats = 1;
  home = device_home{config, appointed(5, 1, {a, b}), t0};
  home.prolong(t0 + 10s);
  open();
  states[a].seats = {wish(1), wish(2)};
  says(a);
  EXPECT_EQ(heard[a].seats.size(), 1U);

  states[a].seats.erase(states[a].seats.begin());
  says(a);
  EXPECT_EQ(seat(a).agent, agent_id{2});
  EXPECT_EQ(seat(a).state, seat_state::holding);
}

}  // namespace
}  // namespace dunlin
