// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/scheduling/locks/lock_story.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(LockTable, AFreeLockIsTakenAtOnce) {
  lock_story t;

  t.ask(1, {"model:a", "data:b"});

  EXPECT_THAT(t.taken(), ElementsAre(1));
  EXPECT_TRUE(t.table.holds(t.id(1)));
}

TEST(LockTable, TheSecondOneWaitsUntilTheFirstHasEnded) {
  lock_story t;
  t.ask(1, {"model:a"});
  t.ask(2, {"model:a"});
  EXPECT_THAT(t.taken(), ElementsAre(1));
  EXPECT_THAT(t.why(2), ElementsAre("model:a held by 1"));

  t.end(1);

  EXPECT_THAT(t.taken(), ElementsAre(2));
  EXPECT_THAT(t.why(2), IsEmpty());
}

TEST(LockTable, ATaskTakesAllItsLocksOrNone) {
  lock_story t;
  t.ask(1, {"b"});
  t.ask(2, {"a", "b"});
  t.taken();

  t.ask(3, {"c"});

  EXPECT_THAT(t.taken(), ElementsAre(3));
  EXPECT_TRUE(t.table.waits(t.id(2)));
  EXPECT_EQ(t.table.list().at(0).holder, task_id{}) << "it does not hold 'a' while it waits for 'b'";
}

TEST(LockTable, WhoWaitsForMoreIsNotPassedForEver) {
  lock_story t;
  t.ask(1, {"b"});
  t.ask(2, {"a", "b"});
  t.taken();

  t.ask(3, {"a"});

  EXPECT_THAT(t.taken(), IsEmpty()) << "'a' is free, but 2 comes first";
  EXPECT_THAT(t.why(3), ElementsAre("a behind 2"));
  t.end(1);
  EXPECT_THAT(t.taken(), ElementsAre(2));
  t.end(2);
  EXPECT_THAT(t.taken(), ElementsAre(3));
}

TEST(LockTable, OppositeOrdersOfNamesDoNotDeadlock) {
  lock_story t;
  t.ask(1, {"a", "b"});
  t.ask(2, {"b", "a"});
  t.ask(3, {"a", "b"});

  EXPECT_THAT(t.taken(), ElementsAre(1));
  t.end(1);
  EXPECT_THAT(t.taken(), ElementsAre(2));
  t.end(2);
  EXPECT_THAT(t.taken(), ElementsAre(3));
}

TEST(LockTable, TheLineGoesByPriorityThenByArrival) {
  lock_story t;
  t.ask(1, {"a"});
  t.ask(2, {"a"}, 3);
  t.ask(3, {"a"}, 7);
  t.ask(4, {"a"}, 7);
  t.taken();

  for (const std::uint64_t next : {3, 4, 2}) {
    EXPECT_EQ(t.table.list().at(0).next, t.id(next));
    t.end(t.table.list().at(0).holder.high);
    EXPECT_THAT(t.taken(), ElementsAre(next));
  }
}

TEST(LockTable, WaitingWeighsLikePriority) {
  lock_story t;
  t.ask(1, {"a"});
  t.ask(2, {"a"}, 5);
  t.now += 2 * lock_story::step + 1ns;
  t.ask(3, {"a"}, 7);
  t.taken();

  t.end(1);

  EXPECT_THAT(t.taken(), ElementsAre(2));
}

TEST(LockTable, WhoGivesUpWaitingLetsTheNextPass) {
  lock_story t;
  t.ask(1, {"b"});
  t.ask(2, {"a", "b"});
  t.ask(3, {"a"});
  t.taken();

  t.end(2);

  EXPECT_THAT(t.taken(), ElementsAre(3));
}

TEST(LockTable, TheHolderGetsTheHighestPriorityOfThoseThatWait) {
  lock_story t;
  t.ask(1, {"a"}, 2);
  t.ask(2, {"a"}, 6);
  t.ask(3, {"a"}, 4);
  t.ask(4, {"a"}, 9);

  EXPECT_THAT(t.lent(), ElementsAre(Pair(1, 6), Pair(1, 9)));
  EXPECT_EQ(t.table.priority_of(t.id(1)), 9);
}

TEST(LockTable, PriorityIsLentThroughTheFirstInLine) {
  lock_story t;
  t.ask(1, {"b"}, 2);
  t.ask(2, {"a", "b"}, 5);
  t.lent();
  t.now += 10 * lock_story::step;

  t.ask(3, {"a"}, 10);

  EXPECT_THAT(t.lent(), ElementsAre(Pair(1, 10))) << "3 waits for 2, which waits for 1";
}

TEST(LockTable, ANewHolderInheritsFromThoseThatGoOnWaiting) {
  lock_story t;
  t.ask(1, {"a"}, 5);
  t.ask(2, {"a"}, 2);
  t.now += 9 * lock_story::step;
  t.ask(3, {"a"}, 9);
  t.lent();

  t.end(1);

  EXPECT_THAT(t.taken(), ElementsAre(1, 2));
  EXPECT_THAT(t.lent(), ElementsAre(Pair(2, 9)));
}

TEST(LockTable, AHolderThatIsToldToStopKeepsItsLocksUntilItHas) {
  lock_story t;
  t.ask(1, {"a"});
  t.ask(2, {"a"});
  t.taken();
  t.table.on_placed(t.id(1));

  t.table.on_stopping(t.id(1), t.now + 17s);

  EXPECT_TRUE(t.table.is_stopping(t.id(1)));
  t.pass(17s - 1ns);
  EXPECT_THAT(t.taken(), IsEmpty());
  t.pass(1ns);
  EXPECT_THAT(t.taken(), ElementsAre(2)) << "nothing of it can run any more";
}

TEST(LockTable, AHolderThatHasStoppedIsNotWaitedFor) {
  lock_story t;
  t.ask(1, {"a"});
  t.ask(2, {"a"});
  t.taken();
  t.table.on_stopping(t.id(1), t.now + 17s);

  t.end(1);

  EXPECT_THAT(t.taken(), ElementsAre(2));
  t.pass(20s);
  EXPECT_TRUE(t.table.holds(t.id(2)));
}

TEST(LockTable, WhatWorksAlreadyKeepsItsLocks) {
  lock_story t;
  t.works(1, {"a", "b"});
  t.ask(2, {"b"});

  EXPECT_THAT(t.taken(), ElementsAre(1));
  EXPECT_TRUE(t.table.works(t.id(1)));
  EXPECT_THAT(t.why(2), ElementsAre("b held by 1"));
}

TEST(LockTable, WhoHasNotBegunYetWaitsAgainForOneThatWorks) {
  lock_story t;
  t.ask(1, {"a"});
  t.ask(2, {"a", "b"});
  t.ask(3, {"b"});
  t.end(1);
  EXPECT_THAT(t.taken(), ElementsAre(1, 2));

  t.works(1, {"a"});

  EXPECT_TRUE(t.table.works(t.id(1)));
  EXPECT_THAT(t.why(2), ElementsAre("a held by 1"));
  EXPECT_THAT(t.why(3), ElementsAre("b behind 2")) << "2 stands where it stood";
}

TEST(LockTable, NobodyStandsInItTwice) {
  lock_story t;
  t.ask(1, {"a"});
  t.ask(1, {"a"});
  t.ask(2, {"a"});
  t.ask(2, {"a"});
  t.taken();

  t.end(1);

  EXPECT_THAT(t.taken(), ElementsAre(2));
  t.end(2);
  EXPECT_TRUE(t.table.empty());
  EXPECT_THAT(t.table.list(), IsEmpty());
}

TEST(LockTable, AStrangerChangesNothing) {
  lock_story t;
  t.ask(1, {"a"});
  t.taken();

  t.end(7);
  t.table.on_placed(t.id(7));
  t.table.on_stopping(t.id(7), t.now);
  t.pass(1s);

  EXPECT_TRUE(t.table.holds(t.id(1)));
  EXPECT_EQ(t.table.priority_of(t.id(7)), 0);
  EXPECT_THAT(t.taken(), IsEmpty());
}

}  // namespace
}  // namespace dunlin
