// SPDX-License-Identifier: Apache-2.0
// The store refuses a transaction: the table returns to what is stored, and no epoch is used again.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CommitFailed, ASubmissionIsForgotten) {
  table_story t;
  t.hold();
  const auto answer = t.submit({work("a").key("k").payload("x"), work("b").after({"a"})});
  ASSERT_TRUE(answer);

  t.refuse();

  EXPECT_EQ(t.table.live(), 0U);
  EXPECT_FALSE(t.table.find(answer->at(0).id));
  EXPECT_THAT(t.newly_ready(), IsEmpty());
  EXPECT_FALSE(t.submit({work().key("k").payload("y")})->at(0).existed) << "its key is free";
}

TEST(CommitFailed, AGrantIsTakenBackAndItsEpochIsNotUsedAgain) {
  table_story t;
  const auto id = t.add();
  t.newly_ready();
  t.hold();
  const auto lost = t.grant(id);

  t.refuse();

  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_EQ(t.view(id).attempt, 0U);
  EXPECT_THAT(t.newly_ready(), ElementsAre(id));
  EXPECT_EQ(t.succeed(lost), outcome_verdict::fenced);
  EXPECT_GT(t.grant(id).epoch, lost.epoch);
}

TEST(CommitFailed, ASuccessIsHeldByItsLeaseAgain) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});
  const auto task = t.run(ids[0]);
  t.hold();
  t.succeed(task, "lost");

  t.refuse();

  EXPECT_EQ(states(t, ids), "running pending");
  EXPECT_FALSE(t.ready(ids[1]));
  EXPECT_EQ(t.succeed(task, "again"), outcome_verdict::recorded);
  EXPECT_TRUE(t.ready(ids[1]));
  EXPECT_EQ(t.store.status(ids[0]).output, bytes_of("again"));
}

TEST(CommitFailed, AFailureThatFailedOthersIsUndoneWithThem) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"}), work("c").after({"b"})});
  const auto task = t.run(ids[0]);
  t.hold();
  t.fail(task);
  ASSERT_EQ(states(t, ids), "failed failed failed");

  t.refuse();

  EXPECT_EQ(states(t, ids), "running pending pending");
  EXPECT_THAT(t.view(ids[2]).waits_for, ElementsAre("b"));
  t.succeed(task);
  t.succeed(t.run(ids[1]));
  EXPECT_TRUE(t.ready(ids[2]));
}

TEST(CommitFailed, ADependentOfARefusedTaskThatWasStoredEarlierWaitsOn) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});
  t.hold();
  const auto lost = t.grant(ids[0]);

  t.refuse();
  t.succeed(lost);
  EXPECT_EQ(states(t, ids), "pending pending");
  t.succeed(t.run(ids[0]));

  EXPECT_TRUE(t.ready(ids[1]));
}

TEST(CommitFailed, ABackoffAndACancelAreUndone) {
  table_story t;
  const auto ids = t.add_all({work().retries(3), work(), work().not_before(noon + 1'000)});
  const auto first = t.run(ids[0]);
  const auto second = t.run(ids[1]);
  t.hold();
  t.fail(first);
  ASSERT_TRUE(t.cancel(ids[1]));
  ASSERT_TRUE(t.cancel(ids[2]));

  t.refuse();

  EXPECT_EQ(states(t, ids), "running running pending");
  EXPECT_FALSE(t.view(ids[1]).cancel_requested);
  EXPECT_EQ(t.view(ids[0]).fail_count, 0U);
  EXPECT_THAT(t.renew({first, second}, t.a), IsEmpty());
  t.pass(1s);
  EXPECT_TRUE(t.ready(ids[2]));
}

TEST(CommitFailed, AnErasedTaskIsBack) {
  table_story t;
  const auto id = t.add(work().key("k"));
  t.succeed(t.run(id));
  t.hold();
  ASSERT_TRUE(t.erase(id));

  t.refuse();

  EXPECT_EQ(t.state(id), task_state::succeeded);
  EXPECT_EQ(t.submit({work().key("k")})->at(0).id, id);
}

TEST(CommitFailed, AnEpochIsNotUsedAgainEvenIfItsTaskWasErasedMeanwhile) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 100));
  t.hold();
  const auto lost = t.grant(id);
  t.pass(100ms);
  ASSERT_TRUE(t.erase(id));
  t.at.wall -= 50;  // the clock is set back, or the task would end at once

  t.refuse();

  ASSERT_EQ(t.state(id), task_state::pending);
  EXPECT_GT(t.grant(id).epoch, lost.epoch);
}

TEST(CommitFailed, LeavesOthersAlone) {
  table_story t;
  const auto ids = t.add_all({work(), work(), work().retries(2)});
  const auto running = t.run(ids[0]);
  t.fail(t.run(ids[2]));
  t.newly_ready();
  t.hold();
  t.add();

  t.refuse();

  EXPECT_EQ(states(t, ids), "running pending backoff");
  EXPECT_THAT(t.newly_ready(), IsEmpty()) << "who was announced is not announced again";
  EXPECT_THAT(t.renew({running}, t.a), IsEmpty());
  EXPECT_EQ(t.table.counts().live, 3U);
}

TEST(CommitFailed, ASlotOfAForgottenTaskFindsNobody) {
  table_story t;
  t.hold();
  const auto id = t.submit({work()})->at(0).id;
  const auto slot = *t.table.slot_of(id);

  t.refuse();

  EXPECT_FALSE(t.table.is_ready(slot));
  EXPECT_EQ(t.table.id_of(slot), task_id{});
}

TEST(CommitFailed, ADependencyThatEndedBadlyMeanwhileFailsTheTaskAtTheNextTick) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});
  const auto task = t.run(ids[0]);
  auto other = t.store.at(ids[1]);
  t.fail(task);
  // As if the write of the dependent alone had been lost.
  t.table.on_commit_failed(std::vector{ids[1]}, {other}, t.at);
  EXPECT_EQ(t.state(ids[1]), task_state::pending);
  EXPECT_EQ(t.table.next_deadline(), t.at.now);

  t.pass(0s);

  EXPECT_EQ(t.state(ids[1]), task_state::failed);
}

}  // namespace
}  // namespace dunlin
