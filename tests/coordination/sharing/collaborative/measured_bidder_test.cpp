// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/measured_bidder.hpp"

#include <gmock/gmock.h>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr agent_id me{7};
constexpr time_point t0{1'000s};
const call_for_bids call{3, device_id{1}, 4, 3, 50ms};

measured_bidder bidder_of(std::uint32_t least, std::uint32_t most = 0) {
  return measured_bidder{me, {.compute_milli = least, .most_milli = most}};
}

share_offer offer_of(std::uint32_t milli, std::uint32_t round = 1) { return {3, round, me, milli}; }

TEST(MeasuredBidder, BidsItsContractBeforeItKnowsAnything) {
  auto some = bidder_of(300, 500);
  const auto bid = some.bid(call, t0);
  EXPECT_EQ(bid.call, 3U);
  EXPECT_EQ(bid.bidder, me);
  EXPECT_EQ(bid.least_milli, 300U);
  EXPECT_EQ(bid.most_milli, 500U);
  EXPECT_EQ(bid.needed_for, 0ns);
}

TEST(MeasuredBidder, MeasuresAStepAsItWouldBeOnTheWholeDevice) {
  auto some = bidder_of(300);
  some.on_step(4ms, 250);
  EXPECT_EQ(some.step_time(), 1ms);
  some.on_step(9ms, 1'000);
  EXPECT_EQ(some.step_time(), 2ms) << "an eighth of the way";
}

TEST(MeasuredBidder, NeedsWhatItsDeadlineNeeds) {
  auto some = bidder_of(100, 1'000);
  some.on_step(2ms, 1'000);
  some.set_work(300, t0 + 1s);
  const auto bid = some.bid(call, t0);
  EXPECT_EQ(bid.least_milli, 600U);
  EXPECT_EQ(bid.needed_for, 1s);
  EXPECT_EQ(some.bid(call, t0 + 500ms).least_milli, 1'000U) << "no more than there is";
  EXPECT_EQ(some.bid(call, t0 + 2s).least_milli, 1'000U) << "late";
  EXPECT_EQ(some.bid(call, t0 + 2s).needed_for, 0ns);
}

TEST(MeasuredBidder, NeedsNothingWithoutWork) {
  auto some = bidder_of(300, 500);
  some.on_step(2ms, 1'000);
  some.set_work(0, {});
  const auto bid = some.bid(call, t0);
  EXPECT_EQ(bid.least_milli, 0U);
  EXPECT_EQ(bid.most_milli, 0U);
  EXPECT_THAT(bid.values, IsEmpty());
}

TEST(MeasuredBidder, AFurtherPartIsWorthTheTimeThatItSaves) {
  auto some = bidder_of(100, 450);
  EXPECT_THAT(some.bid(call, t0).values, ElementsAre(500, 334, 250, 200));
}

TEST(MeasuredBidder, TakesWhatIsOffered) {
  auto some = bidder_of(300, 500);
  some.bid(call, t0);
  for (const std::uint32_t milli : {100U, 300U, 500U}) {
    const auto answer = some.answer(offer_of(milli, 2), t0);
    EXPECT_TRUE(answer.accept);
    EXPECT_EQ(answer.call, 3U);
    EXPECT_EQ(answer.round, 2U);
    EXPECT_EQ(answer.from, me);
  }
}

TEST(MeasuredBidder, CountersWithMoreWhenMoreWorkHasCome) {
  auto some = bidder_of(100, 1'000);
  some.on_step(1ms, 1'000);
  some.set_work(300, t0 + 1s);
  some.bid(call, t0);
  some.set_work(700, t0 + 1s);

  const auto answer = some.answer(offer_of(500), t0);

  EXPECT_FALSE(answer.accept);
  EXPECT_EQ(answer.compute_milli, 700U);
  EXPECT_EQ(answer.value, 1'430U) << "286 thousandths earlier by two parts, ten times: the deadline depends on it";
  EXPECT_TRUE(some.answer(offer_of(700), t0).accept);
}

TEST(MeasuredBidder, LeavesWhatItHasNoMoreUseFor) {
  auto some = bidder_of(300, 1'000);
  some.bid(call, t0);
  some.set_work(0, {});

  const auto answer = some.answer(offer_of(700), t0);

  EXPECT_FALSE(answer.accept);
  EXPECT_EQ(answer.compute_milli, 0U);
}

}  // namespace
}  // namespace dunlin
