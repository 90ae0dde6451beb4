// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/shared_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace dunlin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr time_point t0{1'000s};
constexpr incarnation first_life{11};
constexpr incarnation second_life{12};

shared_device_config config_of(incarnation life) {
  shared_device_config out;
  out.here = {"cpu@host", {0}, 10s};
  out.own_life = life;
  out.home.device.capacity = {device_id{0}, 2, 1'000};
  out.home.shared.ttl = 10s;
  out.home.shared.grace = 1s;
  return out;
}

home_notice notice(std::uint32_t epoch, std::uint64_t home, std::uint64_t revision = 1) {
  home_notice out;
  out.appointed.device = "cpu@host";
  out.appointed.epoch = epoch;
  out.appointed.revision = revision;
  out.appointed.home = {home};
  out.appointed.sharers = {{{1}, "one", first_life}, {{2}, "two", second_life}};
  return out;
}

share_request wish(std::uint64_t agent) {
  share_request out;
  out.request = {agent};
  out.holder = {agent};
  out.in_steps = true;
  return out;
}

/// Two processes whose letters arrive at once, unless they are kept.
struct two_processes : testing::Test {
  shared_device one{config_of(first_life)};
  shared_device two{config_of(second_life)};
  sharing_effects at_one;
  sharing_effects at_two;
  std::vector<fencing_token> closed_at_two;
  bool is_cut = false;

  void hear(const home_notice& said, time_point at = t0) {
    one.on_notice(said, at, at);
    two.on_notice(said, at, at);
    settle(at);
  }
  void settle(time_point at = t0) {
    for (int i = 0; i < 10; ++i) {
      step(one, first_life, two, at, at_one);
      step(two, second_life, one, at, at_two);
    }
  }
  void step(shared_device& from, incarnation life, shared_device& to, time_point at, sharing_effects& seen) {
    shared_effects out;
    from.advance(at, out);
    note(out, seen, &from == &two);
    if (is_cut) return;
    for (const auto& letter : out.letters) {
      EXPECT_EQ(letter.node, &to == &one ? "one" : "two");
      shared_effects answer;
      EXPECT_TRUE(to.hear(life, letter.message, at, answer));
      note(answer, &to == &one ? at_one : at_two, &to == &two);
    }
  }
  void note(const shared_effects& out, sharing_effects& seen, bool is_two) {
    seen.insert(seen.end(), out.here.leases.begin(), out.here.leases.end());
    if (is_two) closed_at_two.insert(closed_at_two.end(), out.here.closed.begin(), out.here.closed.end());
  }
  template <class Effect>
  static std::vector<Effect> of(const sharing_effects& seen) {
    std::vector<Effect> out;
    for (const auto& one : seen)
      if (const auto* it = std::get_if<Effect>(&one)) out.push_back(*it);
    return out;
  }
};

using SharedDevice = two_processes;

TEST_F(SharedDevice, TheHomeServesItsOwnAgentsAndThoseOfOthers) {
  hear(notice(5, 1));
  ASSERT_TRUE(one.sharer().ask(wish(7), t0));
  settle();
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  settle();

  ASSERT_EQ(of<share_granted>(at_one).size(), 1U);
  EXPECT_THAT(of<share_granted>(at_two), IsEmpty()) << "the device is exclusive";

  one.sharer().give_back({7});
  settle();
  EXPECT_EQ(of<share_granted>(at_two).size(), 1U);
}

TEST_F(SharedDevice, WithoutAHomeNothingIsGrantedAndNothingIsDue) {
  ASSERT_TRUE(one.sharer().ask(wish(7), t0));
  settle();

  EXPECT_THAT(at_one, IsEmpty());
  EXPECT_FALSE(one.next_deadline());
}

TEST_F(SharedDevice, AnotherHomeGoesOnWithWhatIsHeld) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  settle();
  ASSERT_EQ(of<share_granted>(at_two).size(), 1U);

  hear(notice(6, 2));

  EXPECT_FALSE(one.home());
  ASSERT_TRUE(two.home());
  EXPECT_TRUE(two.home()->is_open());
  const auto changed = of<share_changed>(at_two);
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_GT(changed.front().contract.token, changed.front().before);
}

TEST_F(SharedDevice, AnOlderNoticeChangesNothing) {
  hear(notice(6, 2));
  hear(notice(5, 1));
  EXPECT_TRUE(two.home());
  EXPECT_FALSE(one.home());

  auto fewer = notice(6, 2, 3);
  hear(fewer);
  hear(notice(6, 2, 2));
  EXPECT_EQ(two.appointment().revision, 3U);
}

TEST_F(SharedDevice, AnOrderIsFollowedOnce) {
  auto said = notice(5, 1);
  hear(said);
  said.ordered = true;
  said.options.pattern = sharing_pattern::time_sliced;
  hear(said);
  const auto revision = one.home()->mode().revision;
  EXPECT_EQ(one.home()->mode().options.pattern, sharing_pattern::time_sliced);

  hear(said);

  EXPECT_EQ(one.home()->mode().revision, revision);
  EXPECT_EQ(one.refusal(), "");
}

TEST_F(SharedDevice, AnOrderThatCannotBeFollowedIsSaid) {
  auto said = notice(5, 1);
  hear(said);
  said.ordered = true;
  said.options.pattern = sharing_pattern::time_sliced;
  said.options.quantum = 0ms;
  hear(said);
  EXPECT_THAT(one.refusal(), HasSubstr("quantum"));

  said.options.quantum = 5ms;
  hear(said);
  EXPECT_EQ(one.refusal(), "");
}

TEST_F(SharedDevice, TheHomeIsHeardOnlyIfTheLeaderNamedIt) {
  hear(notice(5, 1));
  home_state lie;
  lie.device = "cpu@host";
  lie.sharer = {1};
  lie.epoch = 5;
  lie.sequence = 1'000;
  shared_effects out;

  EXPECT_EQ(one.hear(second_life, lie, t0, out).error().code, errc::not_holder);
  lie.epoch = 9;
  EXPECT_EQ(two.hear(first_life, lie, t0, out).error().code, errc::not_holder) << "nobody named a ninth home";
  EXPECT_EQ(two.sharer().epoch(), 5U);
}

/// Its letters, to its node by name, may have been written for the process that was there before.
TEST_F(SharedDevice, WhatIsToldToAnEarlierLifeIsNotHeard) {
  hear(notice(5, 1));
  home_state late;
  late.device = "cpu@host";
  late.sharer = {9};
  late.epoch = 5;
  late.sequence = 1'000;
  shared_effects out;

  EXPECT_EQ(two.hear(first_life, late, t0, out).error().code, errc::not_holder);
}

/// It was declared down, forgotten, and came back: the home's epoch is the same.
TEST_F(SharedDevice, WhoeverWasForgottenAndComesBackIsServedAsAnother) {
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

TEST_F(SharedDevice, ASharerIsHeardOnlyForItself) {
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

TEST_F(SharedDevice, AHomeWhoseHeartbeatsAreNotAnsweredTellsNothing) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0 + 10s));
  settle(t0 + 10s);

  EXPECT_THAT(of<share_granted>(at_two), IsEmpty());
}

TEST_F(SharedDevice, AnAnswerCountsFromWhenItsHeartbeatWasSent) {
  auto said = notice(5, 1);
  one.on_notice(said, t0 - 9s, t0);
  two.on_notice(said, t0, t0);
  settle();
  ASSERT_TRUE(two.sharer().ask(wish(7), t0 + 2s));
  settle(t0 + 2s);

  EXPECT_THAT(of<share_granted>(at_two), IsEmpty()) << "its right ended at t0 + 1 s";
}

TEST_F(SharedDevice, WhoeverIsCutOffStopsWhenItsTenureEnds) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  two.sharer().set_at_work({7}, true);
  settle();
  ASSERT_THAT(closed_at_two, IsEmpty());

  is_cut = true;
  settle(t0 + 10s);

  EXPECT_EQ(closed_at_two.size(), 1U) << "the turn is over";
  EXPECT_TRUE(two.sharer().is_in_doubt({7}));
}

TEST_F(SharedDevice, ASharerThatTheLeaderHasLostMakesRoom) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  settle();
  ASSERT_TRUE(one.sharer().ask(wish(7), t0));
  settle();
  ASSERT_THAT(of<share_granted>(at_one), IsEmpty());

  auto said = notice(5, 1, 2);
  said.appointed.sharers.pop_back();
  one.on_notice(said, t0, t0);
  shared_effects out;
  one.advance(t0, out);
  note(out, at_one, false);

  EXPECT_EQ(of<share_granted>(at_one).size(), 1U);
}

}  // namespace
}  // namespace dunlin
