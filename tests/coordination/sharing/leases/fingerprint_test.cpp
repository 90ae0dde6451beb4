// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/fingerprint.hpp"

#include <gmock/gmock.h>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;

constexpr time_point t0{1'000s};

TEST(Fingerprint, CountsTimesFromNowAndRanksTokens) {
  fingerprint some{t0};
  some.add(t0 + 3ns);
  some.add_token(70);
  some.add_token(0);
  some.add_token(50);
  some.add_token(70);
  some.add(std::vector<std::uint32_t>{4});
  EXPECT_THAT(some.take(), ElementsAre(3, 2, 0, 1, 2, 1, 4));
}

/// An exclusive device on which agent 1 has had `turns` shares and holds one since `granted`.
std::vector<std::uint64_t> after(fencing_token turns, time_point granted, time_point now) {
  arbiter_config config;
  arbiter some{config, std::make_unique<exclusive>(config.capacity)};
  sharing_effects out;
  share_request asked;
  asked.request = {1};
  asked.holder = {1};
  for (fencing_token turn = 1; turn < turns; ++turn) {
    EXPECT_TRUE(some.request(asked, granted, out));
    EXPECT_TRUE(some.release(asked.holder, turn, granted, out));
  }
  EXPECT_TRUE(some.request(asked, granted, out));
  fingerprint print{now};
  some.add_to(print);
  return print.take();
}

TEST(Fingerprint, IsTheSameWhenOnlyThePastDiffers) {
  EXPECT_EQ(after(1, t0, t0 + 1s), after(1, t0 + 5s, t0 + 6s));
  EXPECT_EQ(after(1, t0, t0), after(7, t0, t0));
}

TEST(Fingerprint, DiffersWhenTheFutureDoes) { EXPECT_NE(after(1, t0, t0 + 1s), after(1, t0, t0 + 2s)); }

}  // namespace
}  // namespace dunlin
