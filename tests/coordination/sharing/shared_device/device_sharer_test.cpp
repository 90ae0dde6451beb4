// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/device_sharer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr time_point t0{1'000s};
constexpr agent_id x{3};

/// A sharer with an agent that has asked, and what its home tells it.
struct DeviceSharer : testing::Test {
  device_sharer sharer{{"cpu", {0}, 10s}};
  home_state told;
  sharer_effects out;
  time_point now = t0;

  DeviceSharer() {
    share_request asked;
    asked.request = {77};
    asked.holder = x;
    EXPECT_TRUE(sharer.ask(asked, now));
    told.sharer = {1};
    told.epoch = 5;
    told.tenure = 10s;
  }

  /// The sharer says what is due; the home hears it.
  void reports() {
    if (const auto said = sharer.take_state(now)) told.heard = said->sequence;
  }
  result<void> hears() {
    out.clear();
    ++told.sequence;
    return sharer.on_state(told, now, out);
  }
  void is_granted(fencing_token token) {
    reports();
    home_seat seat;
    seat.request = {1};
    seat.agent = x;
    seat.state = seat_state::holding;
    seat.token = token;
    seat.granted.compute_units = 4;
    told.seats = {seat};
    ASSERT_TRUE(hears());
  }
  template <class Effect>
  [[nodiscard]] const Effect* only() const {
    return out.leases.size() == 1 ? std::get_if<Effect>(&out.leases.front()) : nullptr;
  }
};

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

/// Found by random histories: a successor of the home that took a lease back gave its bytes away during its last step.
TEST_F(DeviceSharer, WhatHasEndedIsHeldUntilItIsGivenUp) {
  is_granted(50);
  told.seats.front().state = seat_state::ended;
  ASSERT_TRUE(hears());
  auto said = sharer.take_state(now);
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->seats.front().held);

  told.heard = said->sequence;
  told.epoch = 6;
  told.sequence = 0;
  told.seats.front().state = seat_state::holding;
  told.seats.front().token = 60;
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.leases, IsEmpty()) << "its agent has been told";

  sharer.give_back(x);
  said = sharer.take_state(now + 1s);
  ASSERT_TRUE(said);
  EXPECT_THAT(said->seats, IsEmpty());
}

TEST_F(DeviceSharer, WhileAReportIsNotAnsweredTheNextOneWaits) {
  is_granted(50);
  ASSERT_TRUE(sharer.take_state(now));
  sharer.set_at_work(x, true);
  EXPECT_FALSE(sharer.take_state(now));
  EXPECT_EQ(sharer.next_deadline(), now + 10ms);

  sharer.set_at_work(x, false);
  EXPECT_TRUE(sharer.take_state(now + 10ms)) << "all that is new at once";
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

TEST_F(DeviceSharer, SaysWhatIsNewAtOnceAndElseFourTimesATenure) {
  EXPECT_TRUE(sharer.take_state(now));
  EXPECT_FALSE(sharer.take_state(now));
  sharer.set_at_work(x, true);
  now += 10ms;
  EXPECT_TRUE(sharer.take_state(now)->seats.front().at_work);
  now += 2499ms;
  EXPECT_FALSE(sharer.take_state(now));
  now += 1ms;
  EXPECT_TRUE(sharer.take_state(now));
}

TEST_F(DeviceSharer, CallsAndOffersReachTheAgentsOnce) {
  reports();
  told.call.call = 4;
  told.called = {x};
  told.offers = {{4, 1, x, 500}};
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.messages, SizeIs(2));
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.messages, IsEmpty());

  sharer.bid({4, x, 100, 200});
  sharer.bid({3, x, 100, 200});
  sharer.answer({4, 1, x});
  const auto said = sharer.take_state(now);
  EXPECT_THAT(said->bids, SizeIs(1)) << "one was for an older call";
  EXPECT_THAT(said->answers, SizeIs(1));
}

}  // namespace
}  // namespace dunlin
