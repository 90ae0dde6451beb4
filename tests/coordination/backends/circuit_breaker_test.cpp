// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/circuit_breaker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};
constexpr breaker_limits three{3, 10s, 60s};

void fail_three_times(circuit_breaker& breaker) {
  for (int i = 0; i < 3; ++i) breaker.on_failure(t0);
}

TEST(CircuitBreaker, OpensAfterItsFailuresInARow) {
  circuit_breaker breaker{three};
  breaker.on_failure(t0);
  breaker.on_failure(t0);
  breaker.on_success();
  breaker.on_failure(t0);
  breaker.on_failure(t0);
  EXPECT_EQ(breaker.state(t0), breaker_state::closed);

  breaker.on_failure(t0);

  EXPECT_EQ(breaker.state(t0), breaker_state::open);
  EXPECT_FALSE(breaker.try_use(t0 + 9s));
  EXPECT_EQ(breaker.opens_until(t0), t0 + 10s);
}

TEST(CircuitBreaker, LetsOneTrialThroughAfterItsRest) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);

  EXPECT_EQ(breaker.state(t0 + 10s), breaker_state::half_open);
  EXPECT_TRUE(breaker.try_use(t0 + 10s));
  EXPECT_FALSE(breaker.try_use(t0 + 11s));
}

TEST(CircuitBreaker, ClosesWhenTheTrialSucceeds) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);
  ASSERT_TRUE(breaker.try_use(t0 + 10s));

  breaker.on_success();

  EXPECT_EQ(breaker.state(t0 + 10s), breaker_state::closed);
  EXPECT_TRUE(breaker.try_use(t0 + 10s));
}

TEST(CircuitBreaker, RestsTwiceAsLongAfterEachTrialThatFails) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);
  auto now = t0 + 10s;
  for (const auto rest : {20s, 40s, 60s, 60s}) {
    ASSERT_TRUE(breaker.try_use(now));
    breaker.on_failure(now);
    EXPECT_EQ(breaker.opens_until(now), now + rest);
    now += rest;
  }
}

TEST(CircuitBreaker, RestsAsAtFirstOnceItWasClosedAgain) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);
  ASSERT_TRUE(breaker.try_use(t0 + 10s));
  breaker.on_failure(t0 + 10s);
  ASSERT_TRUE(breaker.try_use(t0 + 30s));
  breaker.on_success();

  fail_three_times(breaker);

  EXPECT_EQ(breaker.opens_until(t0), t0 + 10s);
}

TEST(CircuitBreaker, GivesTheTrialToAnotherWhenItDidNotRun) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);
  ASSERT_TRUE(breaker.try_use(t0 + 10s));

  breaker.on_given_up();

  EXPECT_TRUE(breaker.try_use(t0 + 10s));
}

TEST(CircuitBreaker, IsNotClosedByWhatBeganBeforeItOpened) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);

  breaker.on_success();
  breaker.on_failure(t0 + 5s);

  EXPECT_EQ(breaker.state(t0 + 5s), breaker_state::open);
  EXPECT_EQ(breaker.opens_until(t0 + 5s), t0 + 10s);
}

TEST(CircuitBreaker, SpellsItsStates) {
  EXPECT_EQ(to_string(breaker_state::closed), "closed");
  EXPECT_EQ(to_string(breaker_state::open), "open");
  EXPECT_EQ(to_string(breaker_state::half_open), "half_open");
}

RC_GTEST_PROP(CircuitBreaker, AllowsNothingWhileOpenAndOneTrialWhileHalfOpen, ()) {
  circuit_breaker breaker{three};
  auto now = t0;
  int under_way = 0;
  for (int step = 0; step < 200; ++step) {
    now += *rc::gen::element<duration>(0s, 1s, 7s, 30s);
    const auto before = breaker.state(now);
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        if (!breaker.try_use(now)) break;
        RC_ASSERT(before != breaker_state::open);
        RC_ASSERT(before == breaker_state::closed || under_way == 0);
        if (before == breaker_state::half_open) under_way = 1;
        break;
      case 1:
        breaker.on_failure(now);
        under_way = 0;
        break;
      default:
        breaker.on_success();
        under_way = 0;
    }
  }
}

}  // namespace
}  // namespace dunlin
