// SPDX-License-Identifier: Apache-2.0
// Lifeguard, section IV.A: an observer that is slow itself must not blame others.
#include <gtest/gtest.h>

#include "tests/coordination/membership/view_support.hpp"

namespace dunlin {
namespace {

TEST(MembershipLateness, OnTimeTicksStretchNothing) {
  watched_view some;
  some.pass(t0 + 5s);
  EXPECT_DOUBLE_EQ(some.view.stretch(), 1.0);
}

TEST(MembershipLateness, LateTickStretchesTimeoutsByOnePlusLateness) {
  watched_view some;
  some.join("a", first_life, t0);
  some.pass(t0);

  some.view.tick(t0 + 1'250ms, some.out);  // 1 s late = 4 ticks

  EXPECT_DOUBLE_EQ(some.view.stretch(), 5.0);
  EXPECT_EQ(some.said(), "") << "1.25 s of silence do not count against five times 1 s";
}

TEST(MembershipLateness, TrustReturnsStepByStep) {
  watched_view some;
  some.pass(t0);
  some.next_tick = t0 + 1'250ms;
  some.pass(t0 + 1'250ms);
  EXPECT_DOUBLE_EQ(some.view.stretch(), 5.0);
  some.pass(t0 + 1'500ms);
  EXPECT_DOUBLE_EQ(some.view.stretch(), 3.0);
  some.pass(t0 + 1'750ms);
  EXPECT_DOUBLE_EQ(some.view.stretch(), 2.0);
}

TEST(MembershipLateness, StretchIsBounded) {
  watched_view some;
  some.view.tick(t0, some.out);
  some.view.tick(t0 + 60s, some.out);
  EXPECT_DOUBLE_EQ(some.view.stretch(), 8.0);
}

TEST(MembershipLateness, OwnerThatSleptBlamesNobody) {
  watched_view some;
  some.join("a", first_life, t0);
  some.pass(t0);

  some.next_tick = t0 + 60s;
  some.pass(t0 + 61s);

  EXPECT_EQ(some.said(), "");
  ASSERT_TRUE(some.heard("a", first_life, t0 + 61s).has_value());
}

TEST(MembershipLateness, DeadNodeIsStillFoundAfterTheOwnerSlept) {
  watched_view some;
  some.join("a", first_life, t0);
  some.pass(t0);

  some.next_tick = t0 + 60s;
  some.pass(t0 + 60s + 2'500ms * 8);

  EXPECT_EQ(some.said(), "suspect a, down a");
}

}  // namespace
}  // namespace dunlin
