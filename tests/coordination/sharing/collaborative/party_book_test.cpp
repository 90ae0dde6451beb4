// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/party_book.hpp"

#include <gmock/gmock.h>

#include <array>

namespace dunlin {
namespace {

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr time_point t0{1'000s};
constexpr party_terms terms{10s, 60s, 500ms};

class PartyBook : public testing::Test {
 protected:
  party enter(agent_id agent, time_point now, share_class as = share_class::opportunistic) {
    return book.enter(agent, {.compute_milli = 400}, as, now);
  }
  void settle(agent_id agent, std::uint32_t milli, time_point now) {
    book.settle(std::array{allotment{agent, milli}}, now);
  }

  /// The device saw it busy for so long on `units` of its four units.
  void use(agent_id agent, duration busy, std::uint32_t units) {
    book.on_used(agent, {.compute_units = units}, {.busy_ns = static_cast<std::uint64_t>(busy.count())});
  }

  party_book book{{device_id{1}, 4, 1'000}, terms};
};

TEST_F(PartyBook, ANewPartyKeepsNothingAndIsBelieved) {
  const auto one = enter(a, t0);
  EXPECT_EQ(one.agent, a);
  EXPECT_EQ(one.wish.compute_milli, 400U);
  EXPECT_EQ(one.stands_as, share_class::opportunistic);
  EXPECT_EQ(one.kept_milli, 0U);
  EXPECT_EQ(one.credibility_milli, 1'000U);
}

TEST_F(PartyBook, WhatWasGivenIsKeptForTheMinHold) {
  enter(a, t0);
  settle(a, 300, t0);
  use(a, 9'999ms, 4);

  EXPECT_EQ(enter(a, t0 + 9'999ms).kept_milli, 300U);
  EXPECT_EQ(enter(a, t0 + 10s).kept_milli, 0U);
}

TEST_F(PartyBook, TheHoldOfMoreBeginsAnewAndThatOfLessGoesOn) {
  enter(a, t0);
  settle(a, 300, t0);
  settle(a, 500, t0 + 6s);
  EXPECT_EQ(enter(a, t0 + 15s).kept_milli, 500U);

  settle(a, 200, t0 + 15s);  // it agreed
  EXPECT_EQ(enter(a, t0 + 15'999ms).kept_milli, 200U);
  EXPECT_EQ(enter(a, t0 + 16s).kept_milli, 0U);

  settle(a, 200, t0 + 17s);
  EXPECT_EQ(enter(a, t0 + 17s).kept_milli, 0U) << "the same again is not more";
}

TEST_F(PartyBook, WhoStarvesForLongStandsAsGuaranteed) {
  enter(a, t0);
  EXPECT_EQ(enter(a, t0 + 59'999ms).stands_as, share_class::opportunistic);
  EXPECT_EQ(enter(a, t0 + 60s).stands_as, share_class::guaranteed);

  settle(a, 0, t0 + 60s);
  EXPECT_EQ(enter(a, t0 + 61s).stands_as, share_class::guaranteed) << "nothing is still nothing";
  settle(a, 39, t0 + 61s);
  EXPECT_EQ(enter(a, t0 + 61s).stands_as, share_class::guaranteed) << "and so is less than a tenth";
  settle(a, 100, t0 + 61s);
  EXPECT_EQ(enter(a, t0 + 62s).stands_as, share_class::opportunistic);
  EXPECT_EQ(enter(a, t0 + 62s).kept_milli, 100U);
  settle(a, 0, t0 + 80s);
  EXPECT_EQ(enter(a, t0 + 139s).stands_as, share_class::opportunistic) << "its time begins anew";
}

TEST_F(PartyBook, SaysWhenANegotiationIsDueSoThatNobodyStarves) {
  EXPECT_FALSE(book.next_call(t0));
  enter(a, t0);
  settle(a, 1'000, t0);
  EXPECT_FALSE(book.next_call(t0)) << "everybody has something";
  enter(b, t0 + 1s);

  EXPECT_EQ(book.next_call(t0 + 1s), t0 + 10s) << "the hold of the other ends";
  EXPECT_EQ(book.next_call(t0 + 10s), t0 + 61s);
  EXPECT_FALSE(book.next_call(t0 + 61s));
  book.forget(b, t0 + 61s);
  EXPECT_FALSE(book.next_call(t0 + 1s));
}

TEST_F(PartyBook, WhoUsesWhatItWasAllottedIsBelieved) {
  enter(a, t0);
  settle(a, 500, t0);
  use(a, 1s, 2);  // two of four units, always busy
  EXPECT_EQ(enter(a, t0 + 1s).credibility_milli, 1'000U);
  use(a, 500ms, 4);  // half of the time on all of them
  EXPECT_EQ(enter(a, t0 + 2s).credibility_milli, 1'000U);
}

TEST_F(PartyBook, WhoDoesNotIsBelievedLess) {
  enter(a, t0);
  settle(a, 500, t0);
  use(a, 890ms, 2);
  EXPECT_EQ(enter(a, t0 + 1s).credibility_milli, 750U);
  EXPECT_EQ(book.credibility_of(a), 750U);
}

TEST_F(PartyBook, AShortTimeSaysLittle) {
  enter(a, t0);
  settle(a, 500, t0);
  EXPECT_EQ(enter(a, t0 + 499ms).credibility_milli, 1'000U);
  use(a, 1s, 2);
  EXPECT_EQ(enter(a, t0 + 1s).credibility_milli, 1'000U) << "it is counted together";
}

TEST_F(PartyBook, UseUnderAnEarlierAllotmentIsNotCountedForTheNext) {
  enter(a, t0);
  settle(a, 100, t0);
  use(a, 300ms, 4);
  settle(a, 1'000, t0 + 300ms);
  EXPECT_EQ(enter(a, t0 + 800ms).credibility_milli, 750U);
}

TEST_F(PartyBook, ADeviceThatWasHeldUpIsNobodysLie) {
  enter(a, t0);
  enter(b, t0);
  settle(a, 500, t0);
  settle(b, 500, t0);
  use(a, 600ms, 2);
  use(b, 600ms, 2);

  EXPECT_EQ(enter(a, t0 + 1s).credibility_milli, 1'000U);
  EXPECT_EQ(enter(b, t0 + 1s).credibility_milli, 1'000U);
}

TEST_F(PartyBook, WhoLeavesWhatOthersNeedIsBelievedLess) {
  enter(a, t0);
  enter(b, t0);
  settle(a, 500, t0);
  settle(b, 500, t0);
  use(a, 600ms, 2);
  use(b, 1'000ms, 2);

  EXPECT_EQ(enter(a, t0 + 1s).credibility_milli, 750U);
  EXPECT_EQ(enter(b, t0 + 1s).credibility_milli, 1'000U);
}

TEST_F(PartyBook, KnowsNothingOfWhoLeft) {
  enter(a, t0);
  settle(a, 500, t0);
  book.forget(a, t0);
  settle(a, 500, t0 + 1s);
  use(a, 1s, 4);
  EXPECT_EQ(enter(a, t0 + 2s).kept_milli, 0U);
}

TEST(Credibility, IsLostFasterThanItIsWonBackAndNeverForGood) {
  credibility some;
  some.judge(1'000, 900);
  EXPECT_EQ(some.milli(), 1'000U);
  some.judge(1'000, 899);
  EXPECT_EQ(some.milli(), 750U);
  some.judge(1'000, 1'000);
  EXPECT_EQ(some.milli(), 766U);
  for (int i = 0; i < 100; ++i) some.judge(1'000, 0);
  EXPECT_EQ(some.milli(), credibility::lowest_milli);
  for (int i = 0; i < 200; ++i) some.judge(1'000, 1'000);
  EXPECT_EQ(some.milli(), 1'000U);
}

TEST(Credibility, OfNothingNothingIsSaid) {
  credibility some;
  some.judge(0, 0);
  EXPECT_EQ(some.milli(), 1'000U);
}

}  // namespace
}  // namespace dunlin
