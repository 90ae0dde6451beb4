// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/device_home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace dunlin {
namespace {

using testing::IsEmpty;

constexpr time_point t0{1'000s};
constexpr sharer_id a{1};
constexpr sharer_id b{2};

device_appointment appointed(std::uint32_t epoch, std::uint64_t revision, std::vector<sharer_id> sharers) {
  device_appointment out;
  out.epoch = epoch;
  out.revision = revision;
  out.home = sharers.front();
  for (const auto one : sharers) out.sharers.push_back({one, "n" + std::to_string(one.value), {one.value}});
  return out;
}

home_config small_device() {
  home_config out;
  out.device.capacity = {device_id{0}, 4, 1'000};
  out.shared.ttl = 10s;
  out.shared.grace = 1s;
  return out;
}

sharer_seat wish(std::uint64_t agent, std::uint64_t bytes = 0) {
  sharer_seat out;
  out.request = {agent};
  out.agent = {agent};
  out.wish.memory_bytes = bytes;
  out.in_steps = true;
  out.at_work = true;
  return out;
}

/// A home and what its two sharers say to it.
struct DeviceHome : testing::Test {
  device_home home{small_device(), appointed(5, 1, {a, b}), t0};
  std::map<sharer_id, sharer_state> states;
  std::map<sharer_id, home_state> heard;

  DeviceHome() {
    for (const auto one : {a, b}) {
      states[one].sharer = one;
      states[one].epoch = 5;
    }
    home.prolong(t0 + 10s);
  }

  /// The sharer says what it wants and has; returns what the home makes of it.
  result<void> says(sharer_id who, time_point at = t0) {
    auto& state = states[who];
    ++state.sequence;
    state.heard = heard[who].sequence;
    auto taken = home.on_state(state, at);
    hear(at);
    return taken;
  }
  void hear(time_point at) {
    std::vector<told_sharer> told;
    home.take_told(at, told);
    for (auto& one : told) heard[one.to] = std::move(one.state);
  }
  void open() {
    says(a);
    says(b);
    ASSERT_TRUE(home.is_open());
  }
  [[nodiscard]] const home_seat& seat(sharer_id who, std::size_t at = 0) { return heard[who].seats.at(at); }
};

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

TEST_F(DeviceHome, FirstAsksEverybodyAndGrantsNothing) {
  states[a].seats.push_back(wish(1));
  says(a);

  EXPECT_FALSE(home.is_open());
  EXPECT_TRUE(heard[a].collecting);
  EXPECT_THAT(heard[a].seats, IsEmpty());
  EXPECT_EQ(home.coordinate({}, t0).error().code, errc::conflict);

  says(b);
  EXPECT_EQ(seat(a).state, seat_state::holding);
  EXPECT_EQ(term_of(seat(a).token), 5U);
}

TEST_F(DeviceHome, OpensWithoutASilentOneWhenItsTimeIsOver) {
  states[a].seats.push_back(wish(1));
  says(a);
  home.prolong(t0 + 20s);
  says(a, t0 + 10s);
  EXPECT_FALSE(home.is_open());

  home.tick(t0 + 11s);

  EXPECT_TRUE(home.is_open());
}

TEST_F(DeviceHome, ALeaseGoesOnWithItsHolderUnderAHigherToken) {
  states[b].seats.push_back(wish(7, 400));
  states[b].seats.back().token = make_epoch(4, 99);
  states[a].seats.push_back(wish(1));  // asked before the other was heard
  says(a);
  says(b);

  EXPECT_EQ(seat(b).state, seat_state::holding) << "exclusive: who has it keeps it";
  EXPECT_GT(seat(b).token, make_epoch(4, 99));
  EXPECT_EQ(seat(a).state, seat_state::waiting);
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

TEST_F(DeviceHome, ASilentSharersShareGoesToOthers) {
  open();
  states[a].seats.push_back(wish(1));
  says(a);
  states[b].seats.push_back(wish(1));
  home.prolong(t0 + 30s);
  says(b, t0 + 10s);
  EXPECT_EQ(seat(b).state, seat_state::waiting);

  home.tick(t0 + 11s);
  hear(t0 + 11s);

  EXPECT_EQ(seat(b).state, seat_state::holding);
}

TEST_F(DeviceHome, OneThatIsGoneForGoodIsNotWaitedFor) {
  open();
  states[a].seats.push_back(wish(1));
  says(a);
  states[b].seats.push_back(wish(1));
  says(b);

  ASSERT_TRUE(home.appoint(appointed(5, 2, {b}), t0));
  hear(t0);

  EXPECT_EQ(seat(b).state, seat_state::holding);
  EXPECT_EQ(says(a).error().code, errc::not_found);
}

TEST_F(DeviceHome, ALaterHomeFencesThisOne) {
  open();
  states[a].epoch = 6;

  EXPECT_EQ(says(a).error().code, errc::fenced_off);

  EXPECT_TRUE(home.is_fenced());
  EXPECT_EQ(says(b).error().code, errc::fenced_off);
  EXPECT_EQ(home.appoint(appointed(5, 9, {a, b}), t0).error().code, errc::fenced_off);
  EXPECT_FALSE(home.next_deadline());
}

TEST_F(DeviceHome, AnotherAppointmentFencesThisOneToo) {
  EXPECT_EQ(home.appoint(appointed(6, 2, {b, a}), t0).error().code, errc::fenced_off);
  EXPECT_TRUE(home.is_fenced());
}

TEST_F(DeviceHome, WhoeverObeysAnEarlierHomeOnlyLearnsOfThisOne) {
  states[a].epoch = 4;
  states[a].seats.push_back(wish(1));
  says(a);
  says(b);

  EXPECT_FALSE(home.is_open());
  EXPECT_EQ(heard[a].epoch, 5U);
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

}  // namespace
}  // namespace dunlin
