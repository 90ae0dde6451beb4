// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/coordination/sharing/patterns/exclusive_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto t0 = shared_device::t0;

TEST(ExclusiveQueue, HigherPriorityIsServedFirst) {
  shared_device some;
  some.ask(1, t0, 10);
  some.ask(2, t0, 3);
  some.ask(3, t0, 7);

  some.release(1, 101, t0 + 1s);

  EXPECT_EQ(some.said(), "granted 3");
}

TEST(ExclusiveQueue, WaitingCountsAsPriority) {
  shared_device some;
  some.ask(1, t0, 5, false);
  some.ask(2, t0, 1);
  some.renew(1, 101, t0 + 5s);
  some.ask(3, t0 + 14s, 2);  // 14 s later is more than one step of priority

  some.release(1, 101, t0 + 14s);

  EXPECT_EQ(some.said(), "granted 2");
}

TEST(ExclusiveQueue, FullQueueSaysOverloaded) {
  shared_device some;
  for (std::uint64_t agent = 1; agent <= 4; ++agent) ASSERT_TRUE(some.ask(agent, t0).has_value());
  EXPECT_EQ(some.ask(5, t0).error().code, errc::overloaded);
}

TEST(ExclusiveQueue, AnAgentAsksOnlyOnce) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);
  EXPECT_EQ(some.ask(1, t0).error().code, errc::conflict);
  EXPECT_EQ(some.ask(2, t0).error().code, errc::conflict);
}

TEST(ExclusiveQueue, PatienceEndsTheWait) {
  shared_device some;
  some.ask(1, t0, 5, false);
  some.ask(2, t0, 5, true, 4s);

  some.tick(t0 + 4s - 1ns);
  EXPECT_EQ(some.said(), "");
  some.tick(t0 + 4s);

  EXPECT_EQ(some.said(), "refused 2");
  const auto& refused = std::get<share_refused>(some.out.front());
  EXPECT_EQ(refused.request, request_id{20});
  EXPECT_EQ(refused.why.code, errc::timeout);
}

TEST(ExclusiveQueue, AWaiterMayGiveUp) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);

  EXPECT_TRUE(some.release(2, 0, t0).has_value());
  EXPECT_EQ(some.release(2, 0, t0).error().code, errc::not_holder);
  EXPECT_EQ(some.release(1, 0, t0).error().code, errc::not_holder) << "a holder shows its token";
}

TEST(ExclusivePreemption, HigherPriorityRecallsAPreemptibleHolder) {
  shared_device some;
  some.ask(1, t0, 3);
  some.ask(2, t0 + 1s, 8);

  EXPECT_EQ(some.said(), "recalled 1");
  EXPECT_EQ(std::get<share_recalled>(some.out.front()).until, t0 + 3s);
  some.tick(t0 + 3s);
  EXPECT_EQ(some.said(), "revoked 1, granted 2");
}

TEST(ExclusivePreemption, EqualPriorityAndUnpreemptibleHoldersAreLeftAlone) {
  shared_device equal;
  equal.ask(1, t0, 5);
  equal.ask(2, t0, 5);
  EXPECT_EQ(equal.said(), "");

  shared_device firm;
  firm.ask(1, t0, 1, false);
  firm.ask(2, t0, 10);
  EXPECT_EQ(firm.said(), "");
}

TEST(ExclusivePreemption, AHolderServedForItsAgeKeepsItsTurn) {
  shared_device some;
  some.ask(1, t0, 9, false);
  some.ask(2, t0, 1);
  for (auto at = t0 + 9s; at < t0 + 59s; at += 9s) ASSERT_TRUE(some.renew(1, 101, at).has_value());
  some.release(1, 101, t0 + 59s);
  ASSERT_EQ(some.holder(), 2U);

  some.ask(3, t0 + 59s, 5);

  EXPECT_EQ(some.said(), "") << "priority 5 arrived 59 s later, priority 1 has gained more than 4 steps of 10 s";
}

TEST(ExclusivePreemption, LongHoldEndsOnceSomebodyWaits) {
  shared_device some;
  some.ask(1, t0, 10, false);
  for (auto at = t0 + 9s; at <= t0 + 90s; at += 9s) ASSERT_TRUE(some.renew(1, 101, at).has_value()) << "nobody waits";

  some.ask(2, t0 + 91s, 1);

  EXPECT_EQ(some.said(), "recalled 1");
  EXPECT_EQ(some.renew(1, 101, t0 + 92s).error().code, errc::conflict);
  some.tick(t0 + 93s);
  EXPECT_EQ(some.holder(), 2U);
}

TEST(ExclusivePreemption, AShorterWishShortensTheHold) {
  shared_device some;
  share_request brief{request_id{1}, agent_id{1}, {}, 5};
  brief.wish.hold = 3s;
  ASSERT_TRUE(some.device.request(brief, t0, some.out).has_value());
  some.ask(2, t0);
  EXPECT_EQ(some.device.next_deadline(), t0 + 3s);

  some.tick(t0 + 3s);

  EXPECT_EQ(some.said(), "recalled 1");
}

TEST(ExclusiveExplain, WaiterSeesWhoIsBeforeItAndWhatWouldHelp) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0, 5);
  some.ask(3, t0, 4);

  const auto told = some.device.explain(agent_id{3}, t0 + 1s);

  ASSERT_TRUE(told.has_value());
  EXPECT_THAT(told->waits_for, ElementsAre(agent_id{1}, agent_id{2}));
  EXPECT_THAT(told->summary, HasSubstr("waits for 1000 ms with priority 4, 2 before it"));
  EXPECT_THAT(told->change, HasSubstr("agent 1 releases, or its lease ends in 9000 ms"));
}

TEST(ExclusiveExplain, HolderSeesItsTokenAndTimeAndStrangersNothing) {
  shared_device some;
  some.ask(1, t0);
  EXPECT_THAT(some.device.explain(agent_id{1}, t0 + 1s)->summary, HasSubstr("token 101 for 9000 ms"));
  EXPECT_EQ(some.device.explain(agent_id{9}, t0).error().code, errc::not_found);
}

TEST(ExclusiveExplain, ContractShowsTheHighestWaitingPriority) {
  shared_device some;
  some.ask(1, t0, 9);
  EXPECT_EQ(some.device.contracts().front().inherited_priority, 0);
  some.ask(2, t0, 7);
  some.ask(3, t0, 8);
  EXPECT_EQ(some.device.contracts().front().inherited_priority, 8);
  some.release(3, 0, t0);
  EXPECT_EQ(some.device.contracts().front().inherited_priority, 7);
}

TEST(ExclusiveExplain, ObserversSeeTheHolderThenTheQueueInOrder) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0, 2);
  some.ask(3, t0, 4);
  const auto rows = some.device.view(t0 + 2s, 10).contracts;

  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].agent, agent_id{1});
  EXPECT_EQ(rows[0].state, contract_state::holding);
  EXPECT_EQ(rows[0].age, 2s);
  EXPECT_EQ(rows[0].remaining, 8s);
  EXPECT_EQ(rows[1].agent, agent_id{3});
  EXPECT_EQ(rows[2].state, contract_state::waiting);
  EXPECT_EQ(rows[2].why, some.device.explain(agent_id{2}, t0 + 2s)->summary);
}

TEST(ExclusiveDeadline, NamesTheNextThingToDo) {
  shared_device some;
  EXPECT_EQ(some.device.next_deadline(), std::nullopt);
  some.ask(1, t0);
  EXPECT_EQ(some.device.next_deadline(), t0 + 10s);
  some.ask(2, t0, 5, true, 4s);
  EXPECT_EQ(some.device.next_deadline(), t0 + 4s);
}

}  // namespace
}  // namespace dunlin
