// SPDX-License-Identifier: Apache-2.0
// Priorities that are not what an agent asked with: boosted for a time, or lent.
#include <gmock/gmock.h>

#include "tests/coordination/sharing/leases/device_in_steps.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// -- boosts

TEST(PriorityBoost, RaisesUpToNineAndLowersNothing) {
  const std::vector<priority_boost> two{{2, t0 + 1s}, {3, t0 + 5s}};
  EXPECT_EQ(raised(3, two, t0), 8);
  EXPECT_EQ(raised(3, two, t0 + 1s), 6) << "the first is over";
  EXPECT_EQ(raised(3, two, t0 + 5s), 3);
  EXPECT_EQ(raised(6, two, t0), 9);
  EXPECT_EQ(raised(10, two, t0), 10);
}

TEST(PriorityBoost, GoesBeforeWhoAskedEarlierWithMore) {
  device_in_steps some;
  some.ask(1, t0, 9);
  some.ask(2, t0, 5);
  some.ask(3, t0 + 1s, 3, {}, {{4, t0 + 60s}});

  some.release(1, t0 + 2s);

  EXPECT_THAT(some.said(), ElementsAre("granted 3"));
  EXPECT_EQ(some.contract_of(3).priority, 7);
}

TEST(PriorityBoost, IsOverAtItsEndAndThePlaceInTheQueueIsTheOldOne) {
  device_in_steps some;
  some.ask(1, t0, 9);
  some.ask(2, t0, 5);
  some.ask(3, t0 + 1s, 3, {}, {{4, t0 + 3s}});
  EXPECT_EQ(some.shares.next_deadline(), t0 + 3s);
  some.tick(t0 + 3s);
  EXPECT_EQ(some.shares.next_deadline(), t0 + 10s) << "nothing is left of the boost";

  some.release(1, t0 + 4s);

  EXPECT_THAT(some.said(), ElementsAre("granted 2"));
}

TEST(PriorityBoost, ParksAHolderOfLowerPriority) {
  device_in_steps some;
  some.ask(1, t0, 5);

  some.ask(2, t0 + 1s, 3, {}, {{5, t0 + 9s}});

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 2"));
}

TEST(PriorityBoost, ProtectsAHolderOnlyWhileItLasts) {
  device_in_steps some;
  some.ask(1, t0, 3, {}, {{5, t0 + 4s}});
  some.ask(2, t0 + 1s, 7);
  EXPECT_THAT(some.said(), IsEmpty());

  some.tick(t0 + 4s);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 2"));
  EXPECT_EQ(some.contract_of(1).priority, 3);
}

TEST(PriorityBoost, OfOneThatLeftIsForgotten) {
  device_in_steps some;
  some.ask(1, t0, 3, {}, {{5, t0 + 4s}});
  some.release(1, t0 + 1s);
  EXPECT_EQ(some.shares.next_deadline(), std::nullopt);
}

TEST(PriorityBoost, IsExplained) {
  device_in_steps some;
  some.ask(1, t0, 9);
  some.ask(2, t0, 3, {}, {{4, t0 + 3s}});
  EXPECT_THAT(some.explained(2, t0 + 1s), HasSubstr("priority 7 (asked with 3, boosted for 2000 ms more)"));
  some.tick(t0 + 3s);
  EXPECT_THAT(some.explained(2, t0 + 3s), HasSubstr("with priority 3, "));
}

TEST(PriorityBoost, OutOfRangeIsRefusedWithItsPath) {
  device_in_steps some;
  EXPECT_EQ(some.ask(1, t0, 5, {}, std::vector<priority_boost>(5, {1, t0})).error().path, "boosts");
  EXPECT_EQ(some.ask(1, t0, 5, {}, {{1, t0}, {0, t0}}).error().path, "boosts[1].by");
  EXPECT_EQ(some.ask(1, t0, 5, {}, {{10, t0}}).error().path, "boosts[0].by");
  EXPECT_THAT(some.shares.contracts(), IsEmpty());
}

// -- lent

TEST(LentPriority, MovesAWaitingAgentUp) {
  device_in_steps some;
  some.ask(1, t0, 9);
  some.ask(2, t0, 5);
  some.ask(3, t0, 2);

  ASSERT_TRUE(some.lend(3, 8, t0 + 1s));
  EXPECT_THAT(some.explained(3, t0 + 1s), HasSubstr("priority 8 (lent by one that waits elsewhere for what it holds)"));
  some.release(1, t0 + 2s);

  EXPECT_THAT(some.said(), ElementsAre("granted 3"));
  EXPECT_EQ(some.contract_of(3).priority, 2) << "its own stays what it is";
  EXPECT_EQ(some.contract_of(3).inherited_priority, 8);
}

TEST(LentPriority, LetsAnAgentThatWaitsPreempt) {
  device_in_steps some;
  some.ask(1, t0, 5);
  some.ask(2, t0 + 1s, 2);

  ASSERT_TRUE(some.lend(2, 9, t0 + 2s));

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 2"));
}

TEST(LentPriority, KeepsAHolderFromBeingPreemptedUntilItEnds) {
  device_in_steps some;
  some.ask(1, t0, 2);
  ASSERT_TRUE(some.lend(1, 9, t0));
  some.ask(2, t0 + 1s, 7);
  EXPECT_THAT(some.said(), IsEmpty());

  ASSERT_TRUE(some.lend(1, 0, t0 + 2s));

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 2"));
}

TEST(LentPriority, IsTheHigherOfWhatWaitsHereAndElsewhere) {
  device_in_steps some;
  some.ask(1, t0, 9);
  some.ask(2, t0, 6);
  EXPECT_EQ(some.contract_of(1).inherited_priority, 6);
  ASSERT_TRUE(some.lend(1, 4, t0));
  EXPECT_EQ(some.contract_of(1).inherited_priority, 6);
  ASSERT_TRUE(some.lend(1, 8, t0));
  EXPECT_EQ(some.contract_of(1).inherited_priority, 8);
}

TEST(LentPriority, EndsWithTheLease) {
  device_in_steps some;
  some.ask(1, t0, 2);
  ASSERT_TRUE(some.lend(1, 9, t0));
  some.release(1, t0 + 1s);

  some.ask(1, t0 + 2s, 2);

  EXPECT_EQ(some.contract_of(1).inherited_priority, 0);
}

TEST(LentPriority, GoesToNobodyWhoIsNotThere) {
  device_in_steps some;
  EXPECT_EQ(some.lend(1, 9, t0).error().code, errc::not_found);
  some.ask(1, t0);
  EXPECT_EQ(some.lend(1, 11, t0).error().path, "priority");
}

}  // namespace
}  // namespace dunlin
