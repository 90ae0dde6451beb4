// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/token_bucket.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dunlin::net {
namespace {

constexpr time_point t0{};

TEST(TokenBuckets, ABurstPassesAndTheNextWaits) {
  token_buckets buckets{{10, 3}};

  for (int i = 0; i < 3; ++i) EXPECT_EQ(buckets.take("a", t0), duration::zero());
  EXPECT_EQ(buckets.take("a", t0), 100ms);
  EXPECT_EQ(buckets.take("a", t0 + 60ms), 40ms);
  EXPECT_EQ(buckets.take("a", t0 + 101ms), duration::zero());
}

TEST(TokenBuckets, OneAddressDoesNotStarveAnother) {
  token_buckets buckets{{10, 1}};

  EXPECT_EQ(buckets.take("a", t0), duration::zero());
  EXPECT_GT(buckets.take("a", t0), duration::zero());
  EXPECT_EQ(buckets.take("b", t0), duration::zero());
}

TEST(TokenBuckets, RemembersABoundedNumberOfAddresses) {
  token_buckets buckets{{10, 5}, 100};
  for (int i = 0; i < 10'000; ++i) buckets.take(std::to_string(i), t0);

  EXPECT_LE(buckets.size(), 100U);
}

TEST(TokenBuckets, AWaitingAddressIsRememberedLongerThanARestedOne) {
  token_buckets buckets{{10, 1}, 2};
  buckets.take("rested", t0);
  buckets.take("busy", t0 + 1s);
  buckets.take("new", t0 + 1s);

  EXPECT_GT(buckets.take("busy", t0 + 1s), duration::zero());
}

RC_GTEST_PROP(TokenBuckets, NeverLetMoreThroughThanBurstAndRate, (const std::vector<std::uint8_t>& gaps)) {
  token_buckets buckets{{100, 5}};
  auto now = t0;
  double passed = 0;
  for (const auto gap : gaps) {
    now += std::chrono::milliseconds{gap % 16};
    passed += buckets.take("a", now) == duration::zero() ? 1 : 0;
  }
  RC_ASSERT(passed <= 5.0001 + 100 * std::chrono::duration<double>(now - t0).count());
}

}  // namespace
}  // namespace dunlin::net
