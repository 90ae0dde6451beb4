// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/circuit_breaker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};
constexpr breaker_limits three{3, 10s, 60s};

/// Uses it and fails.
void fail_at(circuit_breaker& breaker, time_point now) {
  const auto use = breaker.try_use(now);
  ASSERT_TRUE(use);
  breaker.on_failure(*use, now);
}

void fail_three_times(circuit_breaker& breaker) {
  for (int i = 0; i < 3; ++i) fail_at(breaker, t0);
}

TEST(CircuitBreaker, OpensAfterItsFailuresInARow) {
  circuit_breaker breaker{three};
  fail_at(breaker, t0);
  fail_at(breaker, t0);
  breaker.on_success(*breaker.try_use(t0));
  fail_at(breaker, t0);
  fail_at(breaker, t0);
  EXPECT_EQ(breaker.state(t0), breaker_state::closed);

  fail_at(breaker, t0);

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

  breaker.on_success(*breaker.try_use(t0 + 10s));

  EXPECT_EQ(breaker.state(t0 + 10s), breaker_state::closed);
  EXPECT_TRUE(breaker.try_use(t0 + 10s));
}

TEST(CircuitBreaker, RestsTwiceAsLongAfterEachTrialThatFails) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);
  auto now = t0 + 10s;
  for (const auto rest : {20s, 40s, 60s, 60s}) {
    fail_at(breaker, now);
    EXPECT_EQ(breaker.opens_until(now), now + rest);
    now += rest;
  }
}

TEST(CircuitBreaker, RestsAsAtFirstOnceItWasClosedAgain) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);
  fail_at(breaker, t0 + 10s);
  breaker.on_success(*breaker.try_use(t0 + 30s));

  fail_three_times(breaker);

  EXPECT_EQ(breaker.opens_until(t0), t0 + 10s);
}

TEST(CircuitBreaker, GivesTheTrialToAnotherWhenItDidNotRun) {
  circuit_breaker breaker{three};
  fail_three_times(breaker);

  breaker.on_given_up(*breaker.try_use(t0 + 10s));

  EXPECT_TRUE(breaker.try_use(t0 + 10s));
}

TEST(CircuitBreaker, TakesNothingThatBeganBeforeItOpenedForItsTrial) {
  circuit_breaker breaker{three};
  const auto before = *breaker.try_use(t0);
  fail_three_times(breaker);
  breaker.on_success(before);
  breaker.on_failure(before, t0 + 5s);
  EXPECT_EQ(breaker.opens_until(t0 + 5s), t0 + 10s);
  const auto trial = *breaker.try_use(t0 + 10s);

  breaker.on_failure(before, t0 + 11s);
  breaker.on_given_up(before);
  breaker.on_success(before);

  EXPECT_FALSE(breaker.try_use(t0 + 40s));
  breaker.on_success(trial);
  EXPECT_EQ(breaker.state(t0 + 40s), breaker_state::closed);
}

TEST(CircuitBreaker, SpellsItsStates) {
  EXPECT_EQ(to_string(breaker_state::closed), "closed");
  EXPECT_EQ(to_string(breaker_state::open), "open");
  EXPECT_EQ(to_string(breaker_state::half_open), "half_open");
}

RC_GTEST_PROP(CircuitBreaker, AllowsNothingWhileOpenAndOneTrialWhileHalfOpen, ()) {
  circuit_breaker breaker{three};
  auto now = t0;
  std::vector<circuit_breaker::use> under_way;
  bool is_tried = false;
  circuit_breaker::use trial = 0;
  for (int step = 0; step < 200; ++step) {
    now += *rc::gen::element<duration>(0s, 1s, 7s, 30s);
    const auto before = breaker.state(now);
    const auto what = *rc::gen::inRange(0, 4);
    if (what == 0 || under_way.empty()) {
      const auto use = breaker.try_use(now);
      RC_ASSERT(!use || before != breaker_state::open);
      RC_ASSERT(!use || before == breaker_state::closed || !is_tried);
      if (use) under_way.push_back(*use);
      if (use && before == breaker_state::half_open) {
        is_tried = true;
        trial = *use;
      }
      continue;
    }
    const auto which = *rc::gen::inRange<std::size_t>(0, under_way.size());
    const auto use = under_way[which];
    under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(which));
    if (what == 1)
      breaker.on_failure(use, now);
    else if (what == 2)
      breaker.on_success(use);
    else
      breaker.on_given_up(use);
    if (trial == use) is_tried = false;
  }
}

}  // namespace
}  // namespace dunlin
