// SPDX-License-Identifier: Apache-2.0
// Shares that are reserved ahead of time: who goes before, who is sent away, how they end.
#include <gmock/gmock.h>

#include "tests/coordination/sharing/leases/reserving_device.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// -- before it begins

TEST_F(Reservation, WhoAsksForLessTimeThanIsLeftGoesFirst) {
  ASSERT_TRUE(reserve(7, 20s, 30s));
  run(1, 60s, t0 + 1s);
  EXPECT_THAT(some.said(), IsEmpty());

  run(2, 10s, t0 + 2s);

  EXPECT_THAT(some.said(), ElementsAre("granted 2")) << "though agent 1 came first";
}

TEST_F(Reservation, WhoWouldBeInTheWayGoesAfterIt) {
  ASSERT_TRUE(reserve(7, 20s, 30s));
  run(1, 0s, t0 + 1s);
  EXPECT_THAT(some.said(), IsEmpty()) << "it says no time and cannot be stopped";
  some.ask(7, t0 + 20s);
  EXPECT_THAT(some.said(), ElementsAre("granted 7"));

  some.release(7, t0 + 25s);
  EXPECT_THAT(some.said(), IsEmpty()) << "it may come back";

  some.tick(t0 + 30s);

  EXPECT_THAT(some.said(), ElementsAre("granted 1"));
}

TEST_F(Reservation, WhoWorksInStepsGoesFirstAndIsParkedInTime) {
  ASSERT_TRUE(reserve(7, 20s, 30s));
  some.ask(1, t0 + 1s);
  EXPECT_THAT(some.said(), ElementsAre("granted 1"));
  some.renew_all(t0 + 10s);
  some.renew_all(t0 + 19s);

  some.ask(7, t0 + 20s, 1);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 7")) << "whatever its priority";
}

TEST_F(Reservation, WhoMayBeSentAwayGoesFirstAndIsRecalledWithGrace) {
  ASSERT_TRUE(reserve(7, 9s, 30s));
  some.ask(share_request{{1}, {1}, {}, 5, true}, t0);
  EXPECT_THAT(some.said(), ElementsAre("granted 1"));
  ASSERT_EQ(some.shares.next_deadline(), t0 + 7s) << "two seconds before";

  some.tick(t0 + 7s);

  ASSERT_THAT(some.said(), ElementsAre("recalled 1"));
  EXPECT_EQ(std::get<share_recalled>(some.out[0]).until, t0 + 9s);
  some.ask(7, t0 + 8s);
  some.tick(t0 + 9s);
  EXPECT_THAT(some.said(), ElementsAre("revoked 1", "granted 7"));
}

TEST_F(Reservation, NobodyIsGrantedAShareOnlyToBeRecalledAtOnce) {
  ASSERT_TRUE(reserve(7, 9s, 30s));
  some.ask(share_request{{1}, {1}, {}, 5, true}, t0 + 8s);
  EXPECT_THAT(some.said(), IsEmpty());
}

TEST_F(Reservation, WhoHasRoomBesideItIsNotDisturbed) {
  some.partition(t0);
  ASSERT_TRUE(reserve(7, 5s, 30s, {.compute_milli = 500}));
  run(1, 0s, t0, 500);
  EXPECT_THAT(some.said(), ElementsAre("granted 1"));
  run(2, 0s, t0, 250);
  EXPECT_THAT(some.said(), IsEmpty());

  some.ask(7, t0 + 5s, 5, {.compute_milli = 500});

  EXPECT_THAT(some.said(), ElementsAre("granted 7"));
}

TEST_F(Reservation, KeepsBytesFreeToo) {
  some.slice(t0);
  ASSERT_TRUE(reserve(7, 5s, 30s, {.memory_bytes = 700}));
  auto large = whole(1, 0s);
  large.wish.memory_bytes = 400;
  some.ask(large, t0);
  EXPECT_THAT(some.said(), IsEmpty());

  auto small = whole(2, 0s);
  small.wish.memory_bytes = 300;
  some.ask(small, t0);

  EXPECT_THAT(some.said(), ElementsAre("granted 2"));
}

TEST_F(Reservation, BytesOfOneThatWorksInStepsAreTakenBackByARecall) {
  some.slice(t0);
  ASSERT_TRUE(reserve(7, 9s, 30s, {.memory_bytes = 700}));
  some.ask(1, t0, 5, {.memory_bytes = 400});
  EXPECT_THAT(some.said(), ElementsAre("granted 1"));

  some.tick(t0 + 7s);

  EXPECT_THAT(some.said(), ElementsAre("recalled 1"));
}

// -- while it lasts

TEST_F(Reservation, IsAShareThatNoPriorityAndNoHoldTakesAway) {
  ASSERT_TRUE(reserve(7, 0s, 100s));
  some.ask(7, t0, 1);
  some.ask(1, t0 + 1s, 10);
  for (int second = 9; second < 100; second += 9) {
    some.renew_all(t0 + second * 1s);
    some.tick(t0 + second * 1s);
    EXPECT_EQ(units_of(7), 4U) << "after " << second << " s";
  }

  some.tick(t0 + 100s);

  EXPECT_THAT(some.said(), ElementsAre("parked 7", "granted 1")) << "its time is over";
}

TEST_F(Reservation, IsClaimedByWhoHoldsItsShareAlready) {
  some.ask(7, t0, 1);
  ASSERT_TRUE(reserve(7, 2s, 9s));
  some.tick(t0 + 2s);

  some.ask(1, t0 + 3s, 10);
  EXPECT_THAT(some.said(), IsEmpty());
  some.tick(t0 + 9s);

  EXPECT_THAT(some.said(), ElementsAre("parked 7", "granted 1"));
}

TEST_F(Reservation, IsThereAgainForOneThatGaveItsShareBack) {
  ASSERT_TRUE(reserve(7, 0s, 100s));
  some.ask(7, t0);
  some.release(7, t0 + 8s);
  run(1, 0s, t0 + 9s);
  EXPECT_THAT(some.said(), IsEmpty());

  some.ask(7, t0 + 12s);
  EXPECT_THAT(some.said(), ElementsAre("granted 7"));
  some.release(7, t0 + 13s);
  some.tick(t0 + 18s);

  EXPECT_THAT(some.said(), ElementsAre("granted 1")) << "it did not ask any more";
}

TEST_F(Reservation, KeepsAllOfItFreeWhileItsAgentHoldsLess) {
  some.slice(t0);
  ASSERT_TRUE(reserve(7, 0s, 100s, {.memory_bytes = 1'000}));
  some.ask(7, t0, 5, {.compute_milli = 250});
  EXPECT_THAT(some.said(), ElementsAre("granted 7"));

  some.ask(1, t0 + 1s, 5, {.compute_milli = 250, .memory_bytes = 100});

  EXPECT_THAT(some.said(), IsEmpty());
  some.release(7, t0 + 2s);
  some.ask(7, t0 + 3s, 5, {.memory_bytes = 1'000});
  EXPECT_THAT(some.said(), ElementsAre("granted 7"));
}

TEST_F(Reservation, EndsWithALeaseThatIsTakenAway) {
  ASSERT_TRUE(reserve(7, 0s, 100s));
  some.ask(7, t0);
  ASSERT_TRUE(some.shares.revoke({7}, 0s, "an operator", t0 + 1s, some.out));
  EXPECT_THAT(some.shares.reservations(), IsEmpty());
}

TEST_F(Reservation, IsNotClaimedByOneThatHasToGiveItsShareBack) {
  ASSERT_TRUE(reserve(7, 4s, 9s));
  some.ask(7, t0);
  some.ask(1, t0 + 1s, 10);
  ASSERT_THAT(some.said(), ElementsAre("parked 7", "granted 1"));
  ASSERT_TRUE(some.shares.revoke({7}, 5s, "an operator", t0 + 2s, some.out));

  some.tick(t0 + 4s);
  EXPECT_THAT(some.said(), IsEmpty());
  some.tick(t0 + 7s);
  EXPECT_THAT(some.said(), ElementsAre("revoked 7"));
  some.ask(7, t0 + 8s);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 7")) << "it may ask anew";
}

TEST_F(Reservation, LapsesIfItsAgentDoesNotAsk) {
  ASSERT_TRUE(reserve(7, 2s, 100s));
  run(1, 0s, t0 + 2s);
  EXPECT_EQ(some.shares.next_deadline(), t0 + 7s);

  some.tick(t0 + 7s);

  EXPECT_THAT(some.said(), ElementsAre("granted 1"));
  EXPECT_THAT(some.shares.reservations(), IsEmpty());
}

TEST_F(Reservation, IsNotClaimedByARequestForMore) {
  some.partition(t0);
  ASSERT_TRUE(reserve(7, 0s, 100s, {.compute_milli = 500}));
  run(1, 0s, t0, 500);

  some.ask(7, t0 + 1s, 5, {.compute_milli = 1'000});
  EXPECT_THAT(some.said(), IsEmpty());
  some.tick(t0 + 5s);

  EXPECT_THAT(some.shares.reservations(), IsEmpty()) << "it has not asked for what it reserved";
}

TEST_F(Reservation, ThatIsCancelledIsInNobodysWay) {
  ASSERT_TRUE(reserve(7, 20s, 30s));
  run(1, 0s, t0);
  some.out.clear();

  ASSERT_TRUE(some.shares.cancel_reservation({7}, t0 + 1s, some.out));

  EXPECT_THAT(some.said(), ElementsAre("granted 1"));
  EXPECT_EQ(some.shares.cancel_reservation({7}, t0 + 1s, some.out).error().code, errc::not_found);
}

TEST_F(Reservation, OfAnAgentThatIsGoneEnds) {
  ASSERT_TRUE(reserve(7, 20s, 30s));
  some.shares.holder_lost({7}, t0, some.out);
  EXPECT_THAT(some.shares.reservations(), IsEmpty());
}

TEST_F(Reservation, WhoNeedsLongerThanItReservedGoesOnUntilSomebodyElseHasReserved) {
  ASSERT_TRUE(reserve(7, 5s, 10s));
  ASSERT_TRUE(reserve(8, 30s, 40s));
  ASSERT_TRUE(some.ask(whole(7, 50s), t0 + 5s));
  ASSERT_TRUE(some.ask(1, t0 + 12s, 9));
  some.renew_all(t0 + 14s);
  some.tick(t0 + 15s);
  EXPECT_THAT(some.said(), IsEmpty()) << "nobody is sent away who has not held as long as it said";
  some.renew_all(t0 + 23s);

  some.tick(t0 + 28s);

  EXPECT_THAT(some.said(), ElementsAre("recalled 7"));
}

// -- for somebody else

TEST_F(Reservation, CanBeHandedToWhoeverAsksForIt) {
  some.ask(1, t0);
  ASSERT_TRUE(reserve(7, 5s, 30s));

  ASSERT_TRUE(some.shares.hand_over({7}, {8}, t0 + 5s, some.out));
  some.ask(8, t0 + 5s, 1);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 8"));
  EXPECT_EQ(some.shares.hand_over({8}, {9}, t0 + 6s, some.out).error().code, errc::conflict) << "it has it";
}

TEST_F(Reservation, HandedToOneThatHoldsAlreadyKeepsWhatItHas) {
  ASSERT_TRUE(reserve(7, 5s, 30s));
  some.ask(8, t0);
  some.out.clear();

  ASSERT_TRUE(some.shares.hand_over({7}, {8}, t0 + 5s, some.out));
  some.ask(9, t0 + 6s, 10);

  EXPECT_THAT(some.said(), IsEmpty()) << "nobody takes it away";
  EXPECT_THAT(some.explained(8, t0 + 6s), HasSubstr("it had reserved that for 24000 ms more"));
}

TEST_F(Reservation, IsHandedOverOnceAndToOneThatHasNone) {
  ASSERT_TRUE(reserve(7, 5s, 30s, {.compute_milli = 500}));
  ASSERT_TRUE(reserve(8, 40s, 50s, {.compute_milli = 500}));

  EXPECT_EQ(some.shares.hand_over({7}, {8}, t0, some.out).error().code, errc::conflict);
  EXPECT_EQ(some.shares.hand_over({7}, {}, t0, some.out).error().code, errc::invalid_argument);
  ASSERT_TRUE(some.shares.hand_over({7}, {9}, t0, some.out));
  EXPECT_EQ(some.shares.hand_over({7}, {10}, t0, some.out).error().code, errc::not_found);
  EXPECT_EQ(some.shares.reservations()[0].agent, agent_id{9});
}

TEST_F(Reservation, LapsesAtTheSameTimeWhoeverHasIt) {
  ASSERT_TRUE(reserve(7, 5s, 30s));
  ASSERT_TRUE(some.shares.hand_over({7}, {8}, t0 + 9s, some.out));
  some.tick(t0 + 10s);
  EXPECT_THAT(some.shares.reservations(), IsEmpty());
}

}  // namespace
}  // namespace dunlin
