// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/gang/wait_graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Agents by number: `t.waits(2, 9, device(0))`.
struct wait_story {
  result<void> waits(std::uint64_t agent, int priority, const wait_target& what) {
    return graph.on_waits({agent}, static_cast<std::uint8_t>(priority), what, out);
  }
  result<void> holds(std::uint64_t agent, int priority, const wait_target& what) {
    return graph.on_holds({agent}, static_cast<std::uint8_t>(priority), what, out);
  }
  void released(std::uint64_t agent, const wait_target& what) { graph.on_released({agent}, what, out); }
  void gone(std::uint64_t agent) { graph.on_gone({agent}, out); }

  wait_effects said() { return std::exchange(out, {}); }
  [[nodiscard]] int priority(std::uint64_t agent) const { return graph.priority_of({agent}); }

  wait_graph graph;
  wait_effects out;
};

wait_target device(std::uint64_t number) { return wait_target::of(device_id{number}); }
wait_target lock(std::string name) { return wait_target::of(std::move(name)); }
priority_lent lent(std::uint64_t agent, const wait_target& at, int priority) {
  return {{agent}, at, static_cast<std::uint8_t>(priority)};
}

TEST(WaitGraph, AHolderGoesByThePriorityOfWhoWaits) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 2, device(0)));

  ASSERT_TRUE(t.waits(2, 9, device(0)));

  EXPECT_THAT(t.said(), ElementsAre(lent(1, device(0), 9)));
  EXPECT_EQ(t.priority(1), 9);
}

TEST(WaitGraph, ALowerPriorityLendsNothing) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 5, device(0)));

  ASSERT_TRUE(t.waits(2, 5, device(0)));

  EXPECT_THAT(t.said(), IsEmpty());
}

TEST(WaitGraph, ABlockedHolderLendsOnAcrossDevicesAndLocks) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 1, lock("model:x")));
  ASSERT_TRUE(t.holds(2, 3, device(0)));
  ASSERT_TRUE(t.waits(2, 3, lock("model:x")));
  t.said();

  ASSERT_TRUE(t.waits(3, 9, device(0)));

  EXPECT_THAT(t.said(), ElementsAre(lent(2, device(0), 9), lent(2, lock("model:x"), 9), lent(1, lock("model:x"), 9)));
}

TEST(WaitGraph, EverybodyWhoSharesWhatIsWaitedForIsLentTo) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 2, device(0)));
  ASSERT_TRUE(t.holds(2, 3, device(0)));

  ASSERT_TRUE(t.waits(3, 8, device(0)));

  EXPECT_THAT(t.said(), UnorderedElementsAre(lent(1, device(0), 8), lent(2, device(0), 8)));
}

TEST(WaitGraph, ALoanEndsWithTheWait) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 1, device(1)));
  ASSERT_TRUE(t.holds(2, 3, device(0)));
  ASSERT_TRUE(t.waits(2, 3, device(1)));
  ASSERT_TRUE(t.waits(3, 9, device(0)));
  t.said();

  t.released(3, device(0));

  EXPECT_THAT(t.said(), ElementsAre(lent(2, device(0), 0), lent(2, device(1), 0), lent(1, device(1), 3)))
      << "2 goes by its own priority again, and still waits for 1";
}

TEST(WaitGraph, ALoanEndsWhenTheWaitingAgentIsGone) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 1, device(0)));
  ASSERT_TRUE(t.waits(2, 9, device(0)));
  t.said();

  t.gone(2);

  EXPECT_THAT(t.said(), ElementsAre(lent(1, device(0), 0)));
  EXPECT_EQ(t.graph.size(), 1U);
}

TEST(WaitGraph, WhoGetsWhatItWaitedForInheritsFromTheRest) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 5, device(0)));
  ASSERT_TRUE(t.waits(2, 3, device(0)));
  ASSERT_TRUE(t.waits(3, 8, device(0)));
  t.released(1, device(0));
  t.said();

  ASSERT_TRUE(t.holds(2, 3, device(0)));

  EXPECT_THAT(t.said(), ElementsAre(lent(2, device(0), 8)));
  EXPECT_THAT(t.graph.waits_for({3}), ElementsAre(agent_id{2}));
}

TEST(WaitGraph, WhatWasLentIsSaidWhereTheAgentAsksNext) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 2, device(0)));
  ASSERT_TRUE(t.waits(2, 9, device(0)));
  t.said();

  ASSERT_TRUE(t.waits(1, 2, device(1)));

  EXPECT_THAT(t.said(), ElementsAre(lent(1, device(1), 9)));
}

TEST(WaitGraph, ARaisedPriorityOfOnesOwnIsLentOnToo) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 2, device(0)));
  ASSERT_TRUE(t.waits(2, 3, device(0)));
  t.said();

  ASSERT_TRUE(t.waits(2, 9, device(1)));

  EXPECT_EQ(t.priority(1), 9);
}

TEST(WaitGraph, ACircleIsRefusedByName) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 5, device(0)));
  ASSERT_TRUE(t.holds(2, 5, lock("model:x")));
  ASSERT_TRUE(t.waits(1, 5, lock("model:x")));
  t.said();

  const auto refused = t.waits(2, 9, device(0));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::conflict);
  EXPECT_EQ(refused.error().context,
            "it would wait for itself: agent 2 waits for device 0, held by agent 1, which waits for lock model:x, held "
            "by agent 2");
  EXPECT_THAT(t.said(), IsEmpty());
  EXPECT_EQ(t.priority(1), 5) << "nothing has changed";
  EXPECT_THAT(t.graph.waits_for({2}), IsEmpty());
}

TEST(WaitGraph, WaitingForWhatOneHoldsIsACircleToo) {
  wait_story t;
  ASSERT_TRUE(t.holds(1, 5, device(0)));

  EXPECT_EQ(t.waits(1, 5, device(0)).error().context,
            "it would wait for itself: agent 1 waits for device 0, held by agent 1");
}

TEST(WaitGraph, AGrantThatClosesACircleIsRefusedByName) {
  wait_story t;
  ASSERT_TRUE(t.holds(2, 5, device(1)));
  ASSERT_TRUE(t.waits(1, 5, device(0)));
  ASSERT_TRUE(t.waits(1, 5, device(1)));
  ASSERT_TRUE(t.waits(2, 5, device(0)));

  const auto refused = t.holds(1, 5, device(0));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().context,
            "it would wait for itself: agent 2 waits for device 0, held by agent 1, which waits for device 1, held by "
            "agent 2");
}

TEST(WaitGraph, AGrantIsCheckedAgainstEverybodyWhoWaits) {
  wait_story t;
  ASSERT_TRUE(t.waits(4, 5, device(3)));
  ASSERT_TRUE(t.holds(5, 5, device(3)));
  ASSERT_TRUE(t.waits(1, 5, device(1)));
  ASSERT_TRUE(t.waits(5, 5, device(1)));

  EXPECT_EQ(t.holds(4, 5, device(1)).error().code, errc::conflict) << "1 is harmless, 5 is not";
}

TEST(WaitGraph, ALongChainAndACrowdHaveBounds) {
  wait_story t;
  t.graph = wait_graph{{4, 3}};
  ASSERT_TRUE(t.holds(1, 5, device(1)));
  ASSERT_TRUE(t.holds(2, 5, device(2)));
  ASSERT_TRUE(t.holds(3, 5, device(3)));
  ASSERT_TRUE(t.waits(2, 5, device(1)));
  ASSERT_TRUE(t.waits(3, 5, device(2)));

  const auto fourth = t.waits(4, 5, device(3));
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, errc::overloaded);
  EXPECT_EQ(fourth.error().context, "4 agents would wait for each other in a row");
  ASSERT_TRUE(t.waits(4, 5, device(1)));
  EXPECT_EQ(t.holds(4, 5, device(9)).has_value(), true);
  EXPECT_EQ(t.waits(5, 5, device(1)).error().code, errc::overloaded) << "four agents are here already";
}

TEST(WaitGraph, BadInputChangesNothing) {
  wait_story t;

  EXPECT_EQ(t.waits(0, 5, device(0)).error().path, "agent");
  EXPECT_EQ(t.waits(1, 0, device(0)).error().path, "priority");
  EXPECT_EQ(t.holds(1, 11, device(0)).error().path, "priority");
  ASSERT_TRUE(t.waits(1, 5, device(0)));
  EXPECT_EQ(t.waits(1, 5, device(0)).error().code, errc::conflict) << "it waits for this already";
  t.released(2, device(0));
  t.gone(2);
  t.released(1, device(0));

  EXPECT_EQ(t.graph.size(), 0U);
  EXPECT_THAT(t.said(), IsEmpty());
}

}  // namespace
}  // namespace dunlin
