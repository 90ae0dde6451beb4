// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/table/retry_backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dunlin {
namespace {

/// The shortest and the longest of many draws, in milliseconds.
std::pair<double, double> range(const retry_policy& retry, std::uint32_t earlier) {
  jitter_source jitter{42};
  std::pair<double, double> out{1e18, 0};
  for (int i = 0; i < 4'000; ++i) {
    const auto delay = static_cast<double>(backoff_delay(retry, earlier, jitter).count()) / 1e6;
    out = {std::min(out.first, delay), std::max(out.second, delay)};
  }
  return out;
}

void expect_around(const retry_policy& retry, std::uint32_t earlier, double middle) {
  const auto [shortest, longest] = range(retry, earlier);
  EXPECT_NEAR(shortest, middle * 0.5, middle * 0.01);
  EXPECT_NEAR(longest, middle * 1.5, middle * 0.01);
}

TEST(RetryBackoff, DoublesUpToItsCap) {
  const retry_policy retry{10, milliseconds{100}, true, milliseconds{1'000}};

  for (const auto& [earlier, middle] : {std::pair{0U, 100.0}, {1U, 200.0}, {3U, 800.0}, {4U, 1'000.0}, {90U, 1'000.0}})
    expect_around(retry, earlier, middle);
}

TEST(RetryBackoff, StaysTheSameWithoutThePower) {
  expect_around({10, milliseconds{100}, false, milliseconds{1'000}}, 7, 100);
}

TEST(RetryBackoff, OfZeroIsZeroHoweverOften) {
  jitter_source jitter{1};

  EXPECT_EQ(backoff_delay({10, milliseconds{0}, true, milliseconds{0}}, 1'000'000, jitter), duration{0});
}

TEST(RetryBackoff, OfTheLongestDelayDoesNotOverflow) {
  const milliseconds day{24LL * 60 * 60 * 1'000};
  jitter_source jitter{1};

  for (std::uint32_t earlier = 0; earlier < 2'000; earlier += 100) {
    const auto delay = backoff_delay({1'000, day, true, day}, earlier, jitter);
    EXPECT_GE(delay, duration{day} / 2);
    EXPECT_LE(delay, longest_backoff({1'000, day, true, day}));
  }
}

TEST(RetryBackoff, JitterIsTheSameForTheSameSeedAndUniform) {
  jitter_source one{7};
  jitter_source other{7};
  jitter_source stranger{8};
  int low = 0;
  int equal = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto drawn = one.next();
    ASSERT_EQ(drawn, other.next());
    ASSERT_GE(drawn, 0.0);
    ASSERT_LT(drawn, 1.0);
    low += drawn < 0.25 ? 1 : 0;
    equal += drawn == stranger.next() ? 1 : 0;
  }
  EXPECT_NEAR(low, 2'500, 200);
  EXPECT_EQ(equal, 0);
}

TEST(RetryBackoff, FaultsOfTheSpecificationAreNotTriedAgain) {
  for (const auto code :
       {errc::invalid_argument, errc::malformed, errc::wrong_type, errc::unknown_field, errc::missing_field,
        errc::too_large, errc::unknown_kind, errc::infeasible, errc::expired, errc::dependency_failed, errc::poisoned,
        errc::output_too_large, errc::not_allowed, errc::unauthorised, errc::forbidden, errc::not_supported})
    EXPECT_FALSE(is_retryable(code)) << to_string(code);
  for (const auto code :
       {errc::handler_failed, errc::handler_threw, errc::timeout, errc::crashed, errc::stuck_handler, errc::overloaded,
        errc::quota_exceeded, errc::lease_expired, errc::device_lost, errc::io_failed, errc::internal, errc::link_down})
    EXPECT_TRUE(is_retryable(code)) << to_string(code);
}

}  // namespace
}  // namespace dunlin
