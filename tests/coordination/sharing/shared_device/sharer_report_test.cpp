// SPDX-License-Identifier: Apache-2.0
// What a sharer says to its home, and when.
#include "tests/coordination/sharing/shared_device/sharer_story.hpp"

namespace dunlin {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using SharerReport = sharer_story;

TEST_F(SharerReport, WhatHasEndedIsHeldUntilItIsGivenUp) {
  is_granted(50);
  told.seats.front().state = seat_state::ended;
  ASSERT_TRUE(hears());
  auto said = sharer.take_state(now);
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->seats.front().held);

  told.heard = said->sequence;
  told.epoch = 6;
  told.sequence = 0;
  told.seats.front().state = seat_state::holding;
  told.seats.front().token = 60;
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.leases, IsEmpty()) << "its agent has been told";

  sharer.give_back(x);
  said = sharer.take_state(now + 1s);
  ASSERT_TRUE(said);
  EXPECT_THAT(said->seats, IsEmpty());
}

TEST_F(SharerReport, WhileAReportIsNotAnsweredTheNextOneWaits) {
  is_granted(50);
  ASSERT_TRUE(sharer.take_state(now));
  sharer.set_at_work(x, true);
  EXPECT_FALSE(sharer.take_state(now));
  EXPECT_EQ(sharer.next_deadline(), now + 10ms);

  sharer.set_at_work(x, false);
  EXPECT_TRUE(sharer.take_state(now + 10ms)) << "all that is new at once";
}

TEST_F(SharerReport, SaysWhatIsNewAtOnceAndElseFourTimesATenure) {
  EXPECT_TRUE(sharer.take_state(now));
  EXPECT_FALSE(sharer.take_state(now));
  sharer.set_at_work(x, true);
  now += 10ms;
  EXPECT_TRUE(sharer.take_state(now)->seats.front().at_work);
  now += 2499ms;
  EXPECT_FALSE(sharer.take_state(now));
  now += 1ms;
  EXPECT_TRUE(sharer.take_state(now));
}

TEST_F(SharerReport, CallsAndOffersReachTheAgentsOnce) {
  reports();
  told.call.call = 4;
  told.called = {x};
  told.offers = {{4, 1, x, 500}};
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.messages, SizeIs(2));
  ASSERT_TRUE(hears());
  EXPECT_THAT(out.messages, IsEmpty());

  sharer.bid({4, x, 100, 200});
  sharer.bid({3, x, 100, 200});
  sharer.answer({4, 1, x});
  const auto said = sharer.take_state(now);
  EXPECT_THAT(said->bids, SizeIs(1)) << "one was for an older call";
  EXPECT_THAT(said->answers, SizeIs(1));
}

}  // namespace
}  // namespace dunlin
