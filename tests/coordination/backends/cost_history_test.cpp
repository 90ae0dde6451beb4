// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/cost_history.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

cost_history seen(std::uint64_t size, duration took, int times = 3) {
  cost_history out;
  for (int i = 0; i < times; ++i) out.observe("gemm", "simd", size, took);
  return out;
}

TEST(CostHistory, KnowsNothingBeforeItHasSeenEnough) {
  EXPECT_EQ(cost_history{}.estimate("gemm", "simd", 100), std::nullopt);
  EXPECT_EQ(seen(100, 1ms, 2).estimate("gemm", "simd", 100), std::nullopt);
  EXPECT_EQ(seen(100, 1ms).estimate("gemm", "simd", 100), 1ms);
}

TEST(CostHistory, KeepsKindsAndBackendsApart) {
  const auto history = seen(100, 1ms);

  EXPECT_EQ(history.estimate("gemm", "cuda", 100), std::nullopt);
  EXPECT_EQ(history.estimate("sort", "simd", 100), std::nullopt);
}

TEST(CostHistory, ReadsOtherSizesOffTheNearestInProportion) {
  auto history = seen(100, 1ms);
  for (int i = 0; i < 3; ++i) history.observe("gemm", "simd", 100'000, 500ms);  // no longer in the cache

  EXPECT_EQ(history.estimate("gemm", "simd", 200), 2ms);
  EXPECT_EQ(history.estimate("gemm", "simd", 200'000), 1'000ms);
  EXPECT_EQ(history.estimate("gemm", "simd", 1), 10us);
}

TEST(CostHistory, FollowsAChange) {
  auto history = seen(100, 1ms, 50);
  for (int i = 0; i < 30; ++i) history.observe("gemm", "simd", 100, 4ms);

  EXPECT_GT(*history.estimate("gemm", "simd", 100), 3'900us);
}

TEST(CostHistory, TakesNoSizeForOne) {
  auto history = seen(0, 1ms);

  EXPECT_EQ(history.estimate("gemm", "simd", 0), 1ms);
}

}  // namespace
}  // namespace dunlin
