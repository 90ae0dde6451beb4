// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/idle_watch.hpp"

#include <gtest/gtest.h>

namespace dunlin::testing {
namespace {

using namespace std::chrono_literals;

pool_statistics seen(std::uint64_t allocations, std::uint64_t spare) {
  pool_statistics out;
  out.allocations = allocations;
  out.now.external = spare;
  return out;
}

struct IdleWatch : ::testing::Test {
  idle_watch watch;
  const time_point start{1'000s};
};

TEST_F(IdleWatch, ItIsTimeOnceAfterTenSecondsOfRest) {
  EXPECT_FALSE(watch.is_time(seen(5, 100), start));
  EXPECT_FALSE(watch.is_time(seen(5, 100), start + 9'999ms));
  EXPECT_TRUE(watch.is_time(seen(5, 100), start + 10s));
  EXPECT_FALSE(watch.is_time(seen(5, 100), start + 60s));
}

TEST_F(IdleWatch, WhoeverAllocatesBeginsItAnew) {
  EXPECT_FALSE(watch.is_time(seen(5, 100), start));
  EXPECT_FALSE(watch.is_time(seen(6, 100), start + 10s));
  EXPECT_FALSE(watch.is_time(seen(6, 100), start + 19s));
  EXPECT_TRUE(watch.is_time(seen(6, 100), start + 20s));
  EXPECT_FALSE(watch.is_time(seen(7, 100), start + 21s));
  EXPECT_TRUE(watch.is_time(seen(7, 100), start + 31s));
}

TEST_F(IdleWatch, WhereNothingIsSpareThereIsNothingToDo) {
  EXPECT_FALSE(watch.is_time(seen(5, 0), start));
  EXPECT_FALSE(watch.is_time(seen(5, 0), start + 60s));
  EXPECT_TRUE(watch.is_time(seen(5, 1), start + 61s));
}

}  // namespace
}  // namespace dunlin::testing
