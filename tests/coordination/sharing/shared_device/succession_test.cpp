// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/succession.hpp"

#include <gtest/gtest.h>

#include "coordination/sharing/shared_device/sharer_roster.hpp"

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};
constexpr time_point always{1'000'000s};
constexpr sharer_id a{1};
constexpr sharer_id b{2};
const std::vector<sharer_place> both{{a, "a", {11}}, {b, "b", {12}}};

sharer_state said_by(sharer_id who, const std::vector<std::pair<std::uint64_t, fencing_token>>& agents_and_tokens = {},
                     std::uint64_t revision = 0) {
  sharer_state out;
  out.sharer = who;
  out.mode.revision = revision;
  for (const auto& [agent, token] : agents_and_tokens) {
    sharer_seat seat;
    seat.agent = {agent};
    seat.token = token;
    seat.held = token != 0;
    out.seats.push_back(seat);
  }
  return out;
}

TEST(Succession, IsCompleteWhenEverybodyHasSpoken) {
  succession heritage{both, false, t0 + 10s};
  EXPECT_FALSE(heritage.is_complete(t0));

  heritage.on_state(said_by(a));
  EXPECT_FALSE(heritage.is_complete(t0));
  heritage.on_state(said_by(b));

  EXPECT_TRUE(heritage.is_complete(t0));
}

TEST(Succession, WaitsForASilentOneAsLongAsItMayHoldSomething) {
  succession heritage{both, false, t0 + 10s};
  heritage.on_state(said_by(a));

  EXPECT_FALSE(heritage.is_complete(t0 + 10s - 1ns));
  EXPECT_TRUE(heritage.is_complete(t0 + 10s));
  EXPECT_EQ(heritage.silent(), std::set{b});
}

TEST(Succession, DoesNotWaitForOneThatIsGoneForGood) {
  succession heritage{both, false, t0 + 10s};
  heritage.on_state(said_by(a, {{1, 50}}));

  heritage.forget(b);
  EXPECT_TRUE(heritage.is_complete(t0));
  heritage.forget(a);
  EXPECT_TRUE(heritage.leases().empty()) << "nor are its leases anybody's";
}

TEST(Succession, LeasesGoOnInTheOrderInWhichTheyWereGranted) {
  succession heritage{both, false, t0 + 10s};
  heritage.on_state(said_by(a, {{1, 70}, {2, 0}, {3, 50}}));
  heritage.on_state(said_by(b, {{1, 60}}));

  const auto leases = heritage.leases();

  ASSERT_EQ(leases.size(), 3U) << "one that waits has no lease";
  EXPECT_EQ(leases[0].seat.token, 50U);
  EXPECT_EQ(leases[1].sharer, b);
  EXPECT_EQ(leases[2].seat.token, 70U);
}

TEST(Succession, LeasesInDoubtComeLastAndTheNewestOfThemFirst) {
  succession heritage{both, false, t0 + 10s};
  auto doubtful = said_by(a, {{1, 40}, {2, 45}});
  for (auto& seat : doubtful.seats) seat.in_doubt = true;
  heritage.on_state(doubtful);
  heritage.on_state(said_by(b, {{1, 60}}));

  const auto leases = heritage.leases();

  ASSERT_EQ(leases.size(), 3U);
  EXPECT_EQ(leases[0].seat.token, 60U);
  EXPECT_EQ(leases[1].seat.token, 45U);
  EXPECT_EQ(leases[2].seat.token, 40U);
}

TEST(Succession, AContractThatIsOverIsNoLease) {
  succession heritage{both, false, t0 + 10s};
  auto said = said_by(a, {{1, 70}});
  said.seats.front().held = false;
  heritage.on_state(said);
  EXPECT_TRUE(heritage.leases().empty());
}

TEST(Succession, TheNewestWordOfASharerCounts) {
  succession heritage{both, false, t0 + 10s};
  heritage.on_state(said_by(a, {{1, 70}}));
  heritage.on_state(said_by(a));
  EXPECT_TRUE(heritage.leases().empty());
}

TEST(Succession, TheDeviceIsSharedAsTheNewestHomeDecided) {
  succession heritage{both, false, t0 + 10s};
  auto newer = said_by(a, {}, make_epoch(3, 1));
  newer.mode.options.pattern = sharing_pattern::space_partitioned;
  heritage.on_state(newer);
  heritage.on_state(said_by(b, {}, make_epoch(2, 9)));

  EXPECT_EQ(heritage.mode().options.pattern, sharing_pattern::space_partitioned);
}

// -- the roster

TEST(SharerRoster, OldMessagesAndStrangersAreNoNews) {
  sharer_roster roster{12s};
  std::vector<sharer_id> gone;
  ASSERT_TRUE(roster.appoint(both, gone));

  EXPECT_TRUE(roster.hear(a, 5, t0));
  EXPECT_FALSE(roster.hear(a, 5, t0));
  EXPECT_FALSE(roster.hear(a, 4, t0));
  EXPECT_FALSE(roster.hear({9}, 1, t0));
}

TEST(SharerRoster, ASilentOneIsLostOnce) {
  sharer_roster roster{12s};
  std::vector<sharer_id> gone;
  ASSERT_TRUE(roster.appoint(both, gone));
  EXPECT_FALSE(roster.lose_silent(t0 + 100s, always)) << "who was never heard holds nothing";
  roster.hear(a, 1, t0);

  EXPECT_EQ(roster.next_loss(always), t0 + 12s);
  EXPECT_FALSE(roster.lose_silent(t0 + 12s - 1ns, always));
  EXPECT_EQ(roster.lose_silent(t0 + 12s, always), a);
  EXPECT_FALSE(roster.lose_silent(t0 + 12s, always));
}

TEST(SharerRoster, OneThatWasHeardLaterThanAllowedIsNotLost) {
  sharer_roster roster{12s};
  std::vector<sharer_id> gone;
  ASSERT_TRUE(roster.appoint(both, gone));
  roster.hear(a, 1, t0);

  EXPECT_FALSE(roster.lose_silent(t0 + 100s, t0 - 1ns));
  EXPECT_FALSE(roster.next_loss(t0 - 1ns));
  EXPECT_EQ(roster.lose_silent(t0 + 100s, t0), a);
}

TEST(SharerRoster, WhoIsNamedNoLongerIsGone) {
  sharer_roster roster{12s};
  std::vector<sharer_id> gone;
  ASSERT_TRUE(roster.appoint(both, gone));

  ASSERT_TRUE(roster.appoint({both.back()}, gone));

  EXPECT_EQ(gone, std::vector{a});
  EXPECT_EQ(roster.find(a), nullptr);
}

TEST(SharerRoster, HasABound) {
  sharer_roster roster{12s};
  std::vector<sharer_id> gone;
  std::vector<sharer_place> many;
  for (std::uint64_t i = 1; i <= sharer_roster::most + 1; ++i) many.push_back({{i}, "n", {i}});

  EXPECT_EQ(roster.appoint(many, gone).error().code, errc::overloaded);
  EXPECT_TRUE(roster.all().empty());
}

}  // namespace
}  // namespace dunlin
