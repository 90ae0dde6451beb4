// SPDX-License-Identifier: Apache-2.0
// What a sharer makes of what its home says.
#include "tests/coordination/sharing/shared_device/sharer_story.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using DeviceSharer = sharer_story;

TEST_F(DeviceSharer, AGrantReachesTheAgentUnderItsOwnNumber) {
  is_granted(50);

  const auto* granted = only<share_granted>();
  ASSERT_NE(granted, nullptr);
  EXPECT_EQ(granted->request, request_id{77});
  EXPECT_EQ(granted->contract.token, 50U);
  EXPECT_EQ(granted->contract.holder, x);
}

TEST_F(DeviceSharer, WhatIsToldTwiceHappensOnce) {
  is_granted(50);
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.leases, IsEmpty());
}

TEST_F(DeviceSharer, AnOlderMessageIsNoNews) {
  is_granted(50);
  told.seats.clear();
  told.sequence -= 1;
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.leases, IsEmpty());
}

TEST_F(DeviceSharer, AnOlderHomeIsNotObeyed) {
  is_granted(50);
  ASSERT_TRUE(sharer.obey(6, {1}));

  EXPECT_EQ(hears().error().code, errc::fenced_off);
  EXPECT_EQ(sharer.obey(5, {1}).error().code, errc::fenced_off);
}

TEST_F(DeviceSharer, TenureCountsFromWhenTheMessageWasSent) {
  reports();
  now += 4s;
  ASSERT_TRUE(hears());
  EXPECT_EQ(sharer.valid_until(), t0 + 10s);
  EXPECT_EQ(out.valid_until, t0 + 10s);
}

TEST_F(DeviceSharer, AfterItsTenureItsTurnsEndAndItsLeasesStay) {
  is_granted(50);
  told.turns = {{9, {}, 0ms}};
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.opened, ElementsAre(told.turns.front()));
  out.clear();

  now = sharer.valid_until();
  sharer.tick(now, out);

  EXPECT_THAT(out.closed, ElementsAre(9U));
  EXPECT_THAT(out.leases, IsEmpty());
}

TEST_F(DeviceSharer, LeasesAreInDoubtFromTheEndOfTheTenureUntilAHomeConfirmsThem) {
  is_granted(50);
  EXPECT_FALSE(sharer.is_in_doubt(x));
  now = sharer.valid_until();
  reports();
  told.collecting = true;
  ASSERT_TRUE(hears());
  EXPECT_GT(sharer.valid_until(), now);
  EXPECT_TRUE(sharer.is_in_doubt(x)) << "a home that only asks has confirmed nothing";

  told.collecting = false;
  ASSERT_TRUE(hears());

  EXPECT_FALSE(sharer.is_in_doubt(x));
}

TEST_F(DeviceSharer, WhatComesAfterItsTenureIsNotHeard) {
  is_granted(50);
  now = sharer.valid_until();
  told.turns = {{9, {}, 0ms}};
  ASSERT_TRUE(hears());

  EXPECT_THAT(out.opened, IsEmpty());
  EXPECT_TRUE(sharer.is_in_doubt(x)) << "others may have been granted it when the message was on its way";
  EXPECT_EQ(sharer.take_state(now)->heard, told.sequence - 1) << "the home says it again";
}

TEST_F(DeviceSharer, ATurnIsAskedBackByNotBeingNamed) {
  is_granted(50);
  told.turns = {{9, {}, 0ms}};
  ASSERT_TRUE(hears());
  told.turns.clear();
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.closed, ElementsAre(9U));

  auto said = sharer.take_state(now);
  EXPECT_FALSE(said->turns.front().over) << "its step still runs";
  sharer.on_spent({9, 3ms});
  now += 10ms;
  said = sharer.take_state(now);
  EXPECT_TRUE(said->turns.front().over);
  EXPECT_EQ(said->turns.front().busy, 3ms);

  told.heard = said->sequence;
  ASSERT_TRUE(hears());
  now += 3s;
  EXPECT_THAT(sharer.take_state(now)->turns, IsEmpty()) << "the home knows";
}

TEST_F(DeviceSharer, ALeaseThatTheHomeHasForgottenStandsUntilItIsGrantedAnew) {
  is_granted(50);
  told.seats.clear();
  ASSERT_TRUE(hears());
  ASSERT_NE(only<share_parked>(), nullptr);

  EXPECT_FALSE(sharer.take_state(now)->seats.front().held) << "another home must not take it for a lease";
  is_granted(60);

  const auto* changed = only<share_changed>();
  ASSERT_NE(changed, nullptr);
  EXPECT_EQ(changed->before, 50U);
  EXPECT_EQ(changed->contract.token, 60U);
}

TEST_F(DeviceSharer, AHomeThatHasNotHeardOfAWishHasNotForgottenIt) {
  is_granted(50);
  const agent_id late{4};
  share_request asked;
  asked.holder = late;
  ASSERT_TRUE(sharer.ask(asked, now));
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.leases, IsEmpty());
}

TEST_F(DeviceSharer, WhileANewHomeAsksItGoesOnAsItIs) {
  is_granted(50);
  told.turns = {{9, {}, 0ms}};
  ASSERT_TRUE(hears());
  home_state asks;
  asks.epoch = 6;
  asks.tenure = 10s;
  asks.collecting = true;
  asks.sequence = 1;
  out.clear();

  ASSERT_TRUE(sharer.on_state(asks, now, out));

  EXPECT_THAT(out.leases, IsEmpty());
  EXPECT_THAT(out.closed, IsEmpty());
  const auto said = sharer.take_state(now);
  EXPECT_EQ(said->epoch, 6U);
  EXPECT_EQ(said->seats.front().token, 50U);
  EXPECT_EQ(said->turns.front().turn.serial, 9U);
}

TEST_F(DeviceSharer, ALeaseThatWasTakenBackEndsOnce) {
  is_granted(50);
  told.seats.front().state = seat_state::ended;
  told.seats.front().why = error{errc::lease_expired, "held long enough"};
  ASSERT_TRUE(hears());
  const auto* revoked = only<share_revoked>();
  ASSERT_NE(revoked, nullptr);
  EXPECT_EQ(revoked->why.context, "held long enough");
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.leases, IsEmpty());
}

TEST_F(DeviceSharer, ARefusalReachesTheAgent) {
  reports();
  home_seat seat;
  seat.request = {1};
  seat.agent = x;
  seat.state = seat_state::ended;
  seat.why = error{errc::infeasible, "too much"};
  told.seats = {seat};
  ASSERT_TRUE(hears());
  ASSERT_NE(only<share_refused>(), nullptr);
  EXPECT_EQ(only<share_refused>()->request, request_id{77});
}

TEST_F(DeviceSharer, AnAgentWantsOneShareAtATime) {
  share_request again;
  again.holder = x;
  EXPECT_EQ(sharer.ask(again, now).error().code, errc::conflict);
  sharer.give_back(x);
  EXPECT_TRUE(sharer.ask(again, now));
  EXPECT_EQ(sharer.take_state(now)->seats.front().request, request_id{2}) << "another wish";
}

}  // namespace
}  // namespace dunlin
