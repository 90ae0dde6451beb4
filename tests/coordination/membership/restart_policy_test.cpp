// SPDX-License-Identifier: Apache-2.0
#include "coordination/membership/restart_policy.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};
constexpr restart_limit three_in_ten_seconds{3, 10s, 100ms, 300ms};

TEST(RestartPolicy, GivesUpAfterMoreThanIntensityWithinThePeriod) {
  restart_policy policy{three_in_ten_seconds};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(policy.on_down(t0 + i * 1s).has_value());
  EXPECT_EQ(policy.on_down(t0 + 3s), std::nullopt);
}

TEST(RestartPolicy, WaitsLongerEachTimeUpToTheCap) {
  restart_policy policy{three_in_ten_seconds};
  EXPECT_EQ(policy.on_down(t0), 100ms);
  EXPECT_EQ(policy.on_down(t0), 200ms);
  EXPECT_EQ(policy.on_down(t0), 300ms);
}

TEST(RestartPolicy, EndsOutsideThePeriodAreForgotten) {
  restart_policy policy{three_in_ten_seconds};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(policy.on_down(t0 + i * 10s), 100ms) << i;
  EXPECT_EQ(policy.recent(), 1U);
}

TEST(RestartPolicy, MemoryStaysBoundedWhenNobodyListens) {
  restart_policy policy{three_in_ten_seconds};
  for (int i = 0; i < 100; ++i) (void)policy.on_down(t0);
  EXPECT_EQ(policy.recent(), 4U);
  EXPECT_EQ(policy.on_down(t0), std::nullopt);
}

TEST(RestartPolicy, ZeroIntensityNeverRestarts) {
  restart_policy policy{{0, 10s}};
  EXPECT_EQ(policy.on_down(t0), std::nullopt);
  EXPECT_EQ(policy.on_down(t0 + 20s), std::nullopt);
}

TEST(RestartPolicy, HugeCapDoesNotOverflow) {
  restart_policy policy{{1'000, 10s, 1h, duration::max()}};
  for (int i = 0; i < 1'000; ++i) EXPECT_GE(policy.on_down(t0), duration{1h}) << i;
}

}  // namespace
}  // namespace dunlin
