// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/negotiation.hpp"

#include <gmock/gmock.h>

#include "tests/coordination/sharing/collaborative/bargain_table.hpp"

namespace dunlin {
namespace {

using test::bargain_table;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};

// -- what is settled

TEST(Negotiation, EverybodyHasWhatItNeedsInOneRound) {
  bargain_table table;
  auto& first = table.seat(a).wants(300, 300);
  table.seat(b).wants(500, 500);

  const auto& settled = table.settle();

  EXPECT_THAT(settled.allotments, ElementsAre(allotment{a, 300}, allotment{b, 500}));
  EXPECT_TRUE(settled.agreed);
  EXPECT_EQ(settled.rounds, 1U);
  EXPECT_THAT(settled.silent, IsEmpty());
  ASSERT_THAT(first.heard, SizeIs(1));
  EXPECT_EQ(first.heard[0].compute_milli, 300U);
  EXPECT_EQ(first.heard[0].offered_as, share_class::guaranteed);
}

TEST(Negotiation, WhatIsLeftGoesToWhomItIsWorthMost) {
  bargain_table table;
  table.seat(a).wants(200, 1'000, {50, 40, 10});
  table.seat(b).wants(200, 1'000, {45, 20, 20});

  table.settle();

  // 600 are left. 50: a, 45: b, 40: a, 20: b twice, 10: a.
  EXPECT_EQ(table.milli_of(a), 500U);
  EXPECT_EQ(table.milli_of(b), 500U);

  bargain_table another;
  another.seat(a).wants(200, 1'000, {50, 40, 30});
  another.seat(b).wants(700, 1'000, {45, 20, 20});
  another.settle();
  EXPECT_EQ(another.milli_of(a), 300U);
  EXPECT_EQ(another.milli_of(b), 700U);
}

TEST(Negotiation, EqualValuesAndNoneAreSharedFairly) {
  bargain_table table;
  table.seat(a).wants(100, 1'000, {10, 10});
  table.seat(b).wants(100, 1'000, {10, 10});
  table.seat(c).wants(100, 1'000);

  table.settle();

  EXPECT_EQ(table.milli_of(a), 334U);
  EXPECT_EQ(table.milli_of(b), 333U);
  EXPECT_EQ(table.milli_of(c), 333U);
}

TEST(Negotiation, NobodyGetsMoreThanItHasUseForAndTheRestIsLeft) {
  bargain_table table;
  table.seat(a).wants(100, 250, {10, 10, 10});

  table.settle();

  EXPECT_EQ(table.milli_of(a), 250U);
}

TEST(Negotiation, WhoLeavesSomethingLeavesItToTheOthers) {
  bargain_table table;
  table.seat(a).wants(400, 1'000).counters(200);
  table.seat(b).wants(400, 1'000);

  const auto& settled = table.settle();

  EXPECT_EQ(table.milli_of(a), 200U);
  EXPECT_EQ(table.milli_of(b), 800U);
  EXPECT_TRUE(settled.agreed);
  EXPECT_EQ(settled.rounds, 2U);
}

TEST(Negotiation, AfterTheLastRoundValuesCountNoMoreAndEverythingIsDividedFairly) {
  bargain_table table;
  table.seat(a).wants(100, 1'000, {90, 90, 90, 90, 90, 90, 90, 90, 90});
  table.seat(b).wants(100, 1'000).counters(800, 5);

  const auto& settled = table.settle();

  EXPECT_FALSE(settled.agreed);
  EXPECT_EQ(settled.rounds, 3U);
  EXPECT_EQ(table.milli_of(a), 500U);
  EXPECT_EQ(table.milli_of(b), 500U);
}

TEST(Negotiation, WhoHasAcceptedIsNotAskedAgainForTheSame) {
  bargain_table table;
  auto& calm = table.seat(a).wants(200, 200);
  table.seat(b).wants(100, 800).counters(300);
  table.seat(c).wants(100, 800);

  table.settle();

  EXPECT_THAT(calm.heard, SizeIs(1));
  EXPECT_EQ(table.milli_of(c), 500U);
}

TEST(Negotiation, TheGuaranteedComeFirstButOnlyWithWhatTheirContractAsksFor) {
  bargain_table table;
  table.seat(a).wants(900, 900);
  table.seat(b).wants(600, 600);
  table.party_of(a).wish.compute_milli = 700;
  table.party_of(b).stands_as = share_class::opportunistic;

  table.settle();

  // b is raised from nothing: it meets the part of a that is beyond its contract far below.
  EXPECT_EQ(table.milli_of(a), 700U);
  EXPECT_EQ(table.milli_of(b), 300U);
}

TEST(Negotiation, WhatIsKeptStaysUnlessItsHolderSaysLess) {
  bargain_table table;
  auto& holder = table.seat(a).wants(0, 1'000);
  table.party_of(a).kept_milli = 800;
  table.seat(b).wants(900, 900);
  table.settle();
  EXPECT_EQ(table.milli_of(a), 800U);

  holder.counters(300);
  table.settle();
  EXPECT_EQ(table.milli_of(a), 300U) << "it agreed by its answer";

  holder.wants(0, 100);
  table.settle();
  EXPECT_EQ(table.milli_of(a), 100U) << "it agreed by its bid";
}

TEST(Negotiation, ClaimsOfWhoIsNotBelievedCountForLess) {
  bargain_table table;
  table.seat(a).wants(800, 800);
  table.party_of(a).credibility_milli = 250;
  table.seat(b).wants(1'000, 1'000);

  table.settle();

  EXPECT_EQ(table.milli_of(a), 200U);
  EXPECT_EQ(table.milli_of(b), 800U);
}

TEST(Negotiation, SaysWhenTheFirstNeedEnds) {
  bargain_table table;
  table.seat(a).wants(300, 300).for_so_long(5s);
  table.seat(b).wants(300, 300).for_so_long(2s);
  table.seat(c).wants(300, 300);
  const auto began = table.now();
  EXPECT_EQ(table.settle().review, began + bargain_table::message_takes + 2s);
}

// -- who says nothing

TEST(Negotiation, ASilentPartyIsTakenAtItsContractAndDelaysNobodyBeyondTheBound) {
  const bargain_terms terms{};
  bargain_table table{terms};
  table.seat_silent(a).wish.compute_milli = 300;
  table.seat(b).wants(1'000, 1'000).counters(900, 7);
  const auto began = table.now();

  const auto& settled = table.settle();

  EXPECT_EQ(table.milli_of(a), 300U);
  EXPECT_EQ(table.milli_of(b), 700U);
  EXPECT_THAT(settled.silent, ElementsAre(a));
  EXPECT_LE(table.now() - began, terms.bid_within + terms.rounds * terms.answer_within);
}

TEST(Negotiation, ASilentPartyIsNotAskedAgainForTheSame) {
  const bargain_terms terms{};
  bargain_table table{terms};
  table.seat_silent(a).wish.compute_milli = 200;
  table.seat(b).wants(100, 800).counters(300);
  table.seat(c).wants(100, 800);
  const auto began = table.now();

  EXPECT_EQ(table.settle().rounds, 2U);

  EXPECT_EQ(table.now() - began, terms.bid_within + terms.answer_within + bargain_table::message_takes);
}

TEST(Negotiation, WhereAllAnswerNobodyWaitsForTheBound) {
  bargain_table table;
  table.seat(a).wants(300, 300);
  table.seat(b).wants(300, 300);
  const auto began = table.now();
  table.settle();
  EXPECT_EQ(table.now() - began, 2 * bargain_table::message_takes);
}

TEST(Negotiation, WhoIsLostIsNotWaitedFor) {
  bargain_table table;
  table.seat(a).wants(600, 600);
  table.seat_silent(b);
  table.open();
  auto& bargain = table.bargain();
  ASSERT_TRUE(bargain.on_bid({1, a, 600, 600}, table.now(), table.said()));
  table.said().clear();

  bargain.party_lost(b, table.now(), table.said());

  ASSERT_THAT(table.said(), SizeIs(1));
  EXPECT_EQ(std::get<share_offered>(table.said()[0]).offer.compute_milli, 600U);
  bargain.party_lost(a, table.now(), table.said());
  EXPECT_FALSE(bargain.under_way()) << "nobody is left";
}

}  // namespace
}  // namespace dunlin
