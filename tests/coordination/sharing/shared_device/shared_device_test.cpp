// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/shared_device/two_processes.hpp"

namespace dunlin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using SharedDevice = two_processes;

TEST_F(SharedDevice, TheHomeServesItsOwnAgentsAndThoseOfOthers) {
  hear(notice(5, 1));
  ASSERT_TRUE(one.sharer().ask(wish(7), t0));
  settle();
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  settle();

  ASSERT_EQ(of<share_granted>(at_one).size(), 1U);
  EXPECT_THAT(of<share_granted>(at_two), IsEmpty()) << "the device is exclusive";

  one.sharer().give_back({7});
  settle();
  EXPECT_EQ(of<share_granted>(at_two).size(), 1U);
}

TEST_F(SharedDevice, WithoutAHomeNothingIsGrantedAndNothingIsDue) {
  ASSERT_TRUE(one.sharer().ask(wish(7), t0));
  settle();

  EXPECT_THAT(at_one, IsEmpty());
  EXPECT_FALSE(one.next_deadline());
}

TEST_F(SharedDevice, AnotherHomeGoesOnWithWhatIsHeld) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  settle();
  ASSERT_EQ(of<share_granted>(at_two).size(), 1U);

  hear(notice(6, 2));

  EXPECT_FALSE(one.home());
  ASSERT_TRUE(two.home());
  EXPECT_TRUE(two.home()->is_open());
  const auto changed = of<share_changed>(at_two);
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_GT(changed.front().contract.token, changed.front().before);
}

TEST_F(SharedDevice, AnOlderNoticeChangesNothing) {
  hear(notice(6, 2));
  hear(notice(5, 1));
  EXPECT_TRUE(two.home());
  EXPECT_FALSE(one.home());

  auto fewer = notice(6, 2, 3);
  hear(fewer);
  hear(notice(6, 2, 2));
  EXPECT_EQ(two.appointment().revision, 3U);
}

TEST_F(SharedDevice, AnOrderIsFollowedOnce) {
  auto said = notice(5, 1);
  hear(said);
  said.ordered = true;
  said.options.pattern = sharing_pattern::time_sliced;
  hear(said);
  const auto revision = one.home()->mode().revision;
  EXPECT_EQ(one.home()->mode().options.pattern, sharing_pattern::time_sliced);

  hear(said);

  EXPECT_EQ(one.home()->mode().revision, revision);
  EXPECT_EQ(one.refusal(), "");
}

TEST_F(SharedDevice, AnOrderThatCannotBeFollowedIsSaid) {
  auto said = notice(5, 1);
  hear(said);
  said.ordered = true;
  said.options.pattern = sharing_pattern::time_sliced;
  said.options.quantum = 0ms;
  hear(said);
  EXPECT_THAT(one.refusal(), HasSubstr("quantum"));

  said.options.quantum = 5ms;
  hear(said);
  EXPECT_EQ(one.refusal(), "");
}

TEST_F(SharedDevice, AHomeWhoseHeartbeatsAreNotAnsweredTellsNothing) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0 + 10s));
  settle(t0 + 10s);

  EXPECT_THAT(of<share_granted>(at_two), IsEmpty());
}

TEST_F(SharedDevice, AnAnswerCountsFromWhenItsHeartbeatWasSent) {
  auto said = notice(5, 1);
  one.on_notice(said, t0 - 9s, t0);
  two.on_notice(said, t0, t0);
  settle();
  ASSERT_TRUE(two.sharer().ask(wish(7), t0 + 2s));
  settle(t0 + 2s);

  EXPECT_THAT(of<share_granted>(at_two), IsEmpty()) << "its right ended at t0 + 1 s";
}

TEST_F(SharedDevice, WhoeverIsCutOffStopsWhenItsTenureEnds) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  two.sharer().set_at_work({7}, true);
  settle();
  ASSERT_THAT(closed_at_two, IsEmpty());

  is_cut = true;
  settle(t0 + 10s);

  EXPECT_EQ(closed_at_two.size(), 1U) << "the turn is over";
  EXPECT_TRUE(two.sharer().is_in_doubt({7}));
}

TEST_F(SharedDevice, TooManySharersLeaveThoseThatWereThereTheirHome) {
  hear(notice(5, 1));
  auto crowded = notice(5, 1, 2);
  for (std::uint64_t more = 3; more <= sharer_roster::most + 1; ++more)
    crowded.appointed.sharers.push_back({{more}, "n" + std::to_string(more), {100 + more}});
  one.on_notice(crowded, t0 + 9s, t0 + 9s);
  two.on_notice(crowded, t0 + 9s, t0 + 9s);
  settle(t0 + 9s);

  ASSERT_TRUE(two.sharer().ask(wish(7), t0 + 15s));
  settle(t0 + 15s);

  EXPECT_EQ(of<share_granted>(at_two).size(), 1U);
}

TEST_F(SharedDevice, ASharerThatTheLeaderHasLostMakesRoom) {
  hear(notice(5, 1));
  ASSERT_TRUE(two.sharer().ask(wish(7), t0));
  settle();
  ASSERT_TRUE(one.sharer().ask(wish(7), t0));
  settle();
  ASSERT_THAT(of<share_granted>(at_one), IsEmpty());

  auto said = notice(5, 1, 2);
  said.appointed.sharers.pop_back();
  one.on_notice(said, t0, t0);
  shared_effects out;
  one.advance(t0, out);
  note(out, at_one, false);

  EXPECT_EQ(of<share_granted>(at_one).size(), 1U);
}

}  // namespace
}  // namespace dunlin
