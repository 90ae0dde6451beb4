// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/renewal_clock.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};

TEST(RenewalClock, IsDueEachPeriod) {
  renewal_clock clock{10s, 3s};
  EXPECT_TRUE(clock.due(t0));

  clock.sent(t0);

  EXPECT_FALSE(clock.due(t0 + 3s - 1ns));
  EXPECT_TRUE(clock.due(t0 + 3s));
}

TEST(RenewalClock, ALeaseLapsesAtFourFifths) {
  const renewal_clock clock{10s, 3s};

  EXPECT_FALSE(clock.lapsed(t0, t0 + 8s - 1ns));
  EXPECT_TRUE(clock.lapsed(t0, t0 + 8s));
}

TEST(RenewalClock, AnAnswerCountsFromItsQuestion) {
  renewal_clock clock{10s, 3s};
  const auto asked = clock.sent(t0 + 3s);

  clock.answered(asked);

  EXPECT_FALSE(clock.lapsed(t0, t0 + 11s - 1ns));
  EXPECT_TRUE(clock.lapsed(t0, t0 + 11s));
}

TEST(RenewalClock, ALaterGrantCountsFromItsArrival) {
  renewal_clock clock{10s, 3s};
  clock.answered(clock.sent(t0));

  EXPECT_FALSE(clock.lapsed(t0 + 5s, t0 + 12s));
}

TEST(RenewalClock, AnAnswerToAnotherQuestionCountsNothing) {
  renewal_clock clock{10s, 3s};
  const auto first = clock.sent(t0);
  const auto second = clock.sent(t0 + 3s);
  EXPECT_LT(first, second);

  clock.answered(second + 1);
  EXPECT_TRUE(clock.lapsed(t0, t0 + 8s));
}

TEST(RenewalClock, AnOlderAnswerDoesNotTurnItBack) {
  renewal_clock clock{10s, 3s};
  const auto first = clock.sent(t0);
  const auto second = clock.sent(t0 + 3s);

  clock.answered(second);
  clock.answered(first);

  EXPECT_FALSE(clock.lapsed(t0, t0 + 10s));
}

TEST(RenewalClock, KeepsABoundedNumberOfQuestions) {
  renewal_clock clock{10s, 3s};
  const auto first = clock.sent(t0 + 100s);
  for (int i = 1; i <= 16; ++i) clock.sent(t0 + 100s + i * 3s);

  clock.answered(first);

  EXPECT_TRUE(clock.lapsed(t0, t0 + 101s)) << "seventeen unanswered ones: the first is forgotten";
}

}  // namespace
}  // namespace dunlin
