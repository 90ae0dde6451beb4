// SPDX-License-Identifier: Apache-2.0
// Whom a process that shares a device believes.
#include "tests/coordination/sharing/shared_device/two_processes.hpp"

namespace dunlin {
namespace {

home_state word_of_home(sharer_id to, std::uint32_t epoch) {
  home_state out;
  out.device = "cpu@host";
  out.sharer = to;
  out.epoch = epoch;
  out.sequence = 1'000;
  return out;
}

using SharedHearing = two_processes;

TEST_F(SharedHearing, TheHomeIsHeardOnlyIfTheLeaderNamedIt) {
  hear(notice(5, 1));
  shared_effects out;

  EXPECT_EQ(one.hear(second_life, word_of_home({1}, 5), t0, out).error().code, errc::not_holder);
  EXPECT_EQ(two.hear(first_life, word_of_home({2}, 9), t0, out).error().code, errc::not_holder)
      << "nobody named a ninth home";
  EXPECT_EQ(two.sharer().epoch(), 5U);
}

TEST_F(SharedHearing, WhatIsToldToAnEarlierLifeIsNotHeard) {
  hear(notice(5, 1));
  shared_effects out;

  EXPECT_TRUE(two.hear(first_life, word_of_home({2}, 5), t0, out));
  EXPECT_EQ(two.hear(first_life, word_of_home({9}, 5), t0, out).error().code, errc::not_holder);
}

TEST_F(SharedHearing, WhoeverWasForgottenAndComesBackIsServedAsAnother) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  settle();
  ASSERT_EQ(of<share_granted>(at_two).size(), 1U);
  auto without = notice(5, 1, 2);
  without.appointed.sharers.pop_back();
  one.on_notice(without, t0 + 20s, t0 + 20s);
  auto again = notice(5, 1, 3);
  again.appointed.sharers.back().sharer = {3};
  at_two.clear();

  hear(again, t0 + 20s);

  ASSERT_EQ(of<share_changed>(at_two).size(), 1U) << "its agent goes on under a new lease";
  EXPECT_FALSE(two.sharer().is_in_doubt({7}));
}

TEST_F(SharedHearing, ASharerIsHeardOnlyForItself) {
  hear(notice(5, 1));
  sharer_state lie;
  lie.device = "cpu@host";
  lie.sharer = {1};
  lie.epoch = 5;
  lie.sequence = 1'000;
  shared_effects out;

  EXPECT_EQ(one.hear(second_life, lie, t0, out).error().code, errc::not_holder);
  EXPECT_EQ(two.hear(first_life, lie, t0, out).error().code, errc::not_holder) << "it is no home";
}

}  // namespace
}  // namespace dunlin
