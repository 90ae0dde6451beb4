// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/redial.hpp"

#include <gtest/gtest.h>

namespace dunlin::link {
namespace {

constexpr std::uint64_t lowest = 0;
constexpr std::uint64_t highest = ~std::uint64_t{0};

TEST(Redial, FirstAttemptIsAtOnce) {
  redial pause;
  EXPECT_EQ(pause.next(highest), duration{0});
}

TEST(Redial, PausesDoubleUpToTheCap) {
  redial pause{{100ms, 1s}};
  (void)pause.next(lowest);
  for (const auto expected : {50ms, 100ms, 200ms, 400ms, 500ms, 500ms}) EXPECT_EQ(pause.next(lowest), expected);
}

TEST(Redial, JitterSpreadsByHalf) {
  redial pause{{100ms, 1s}};
  (void)pause.next(highest);
  const auto longest = pause.next(highest);
  EXPECT_GT(longest, 149ms);
  EXPECT_LE(longest, 150ms);
}

TEST(Redial, SuccessStartsOver) {
  redial pause;
  for (int i = 0; i < 100; ++i) (void)pause.next(highest);
  EXPECT_EQ(pause.attempts(), 100U);
  pause.succeeded();
  EXPECT_EQ(pause.next(highest), duration{0});
}

}  // namespace
}  // namespace dunlin::link
