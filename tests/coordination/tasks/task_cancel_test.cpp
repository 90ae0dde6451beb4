// SPDX-License-Identifier: Apache-2.0
// T10, T11: a cancel ends what nobody runs at once; of what somebody runs it asks, and a success that is first wins.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

TEST(Cancel, EndsAPendingTaskAtOnce) {
  table_story t;
  const auto id = t.add();

  const auto answer = t.cancel(id);

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->state, task_state::cancelled);
  EXPECT_FALSE(answer->stop);
  EXPECT_FALSE(t.ready(id));
  EXPECT_EQ(t.store.status(id).code, errc::cancelled);
  EXPECT_EQ(t.store.status(id).finished, noon);
  EXPECT_EQ(t.store.history(id), "submit cancel");
}

TEST(Cancel, EndsABackoffAndATaskThatWaitsForItsTime) {
  table_story t;
  const auto ids = t.add_all({work().retries(1), work().not_before(noon + 100)});
  t.fail(t.run(ids[0]));

  for (const auto& id : ids) EXPECT_TRUE(t.cancel(id));
  t.pass(1min);

  EXPECT_EQ(states(t, ids), "cancelled cancelled");
}

TEST(Cancel, OfAGrantedTaskNamesWhoHasToStop) {
  table_story t;
  const auto id = t.add();
  const auto task = t.grant(id, t.b);

  const auto answer = t.cancel(id);

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->state, task_state::leased);
  EXPECT_EQ(answer->stop, task);
  EXPECT_EQ(answer->owner, t.b);
  EXPECT_TRUE(t.store.status(id).cancel_requested);
  EXPECT_EQ(t.store.history(id), "submit grant cancel_requested");
}

TEST(Cancel, RepeatedOnAGrantedTaskSaysTheSameAndWritesNothing) {
  table_story t;
  const auto id = t.add();
  t.run(id);
  const auto first = t.cancel(id);

  const auto again = t.cancel(id);

  ASSERT_TRUE(again);
  EXPECT_EQ(again->stop, first->stop);
  EXPECT_EQ(t.store.history(id), "submit grant start cancel_requested");
}

TEST(Cancel, IsOverWhenTheNodeSaysSo) {
  for (const auto code : {errc::cancelled, errc::handler_failed, errc::shutting_down, errc::timeout}) {
    table_story t;
    const auto id = t.add(work().retries(5));
    const auto task = t.run(id);
    ASSERT_TRUE(t.cancel(id));

    EXPECT_EQ(t.fail(task, code), outcome_verdict::recorded);

    EXPECT_EQ(t.state(id), task_state::cancelled) << to_string(code);
    EXPECT_EQ(t.store.status(id).code, errc::cancelled);
    EXPECT_EQ(t.store.history(id), "submit grant start cancel_requested cancel");
  }
}

TEST(Cancel, IsOverWhenTheHostCrashesToo) {
  table_story t(task_table_config{.crash_limit = 1});
  const auto id = t.add();
  const auto task = t.run(id);
  ASSERT_TRUE(t.cancel(id));

  t.crash(task);

  EXPECT_EQ(t.state(id), task_state::cancelled);
}

TEST(Cancel, ASuccessThatIsFirstWins) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);
  ASSERT_TRUE(t.cancel(id));

  EXPECT_EQ(t.succeed(task), outcome_verdict::recorded);

  EXPECT_EQ(t.state(id), task_state::succeeded);
}

TEST(Cancel, IsOverWhenTheLeaseEnds) {
  table_story t;
  const auto ids = t.add_all({work(), work(), work()});
  t.run(ids[0]);
  t.grant(ids[1], t.b);
  const auto returned = t.run(ids[2]);
  for (const auto& id : ids) ASSERT_TRUE(t.cancel(id));

  t.lose_node(t.b);
  t.give_back(returned);
  EXPECT_EQ(states(t, ids), "running cancelled cancelled");
  t.pass(17s);

  EXPECT_EQ(states(t, ids), "cancelled cancelled cancelled");
  EXPECT_EQ(t.store.status(ids[1]).why, "cancelled on request");
}

TEST(Cancel, OfWhatIsUnknownOrEndedIsRefused) {
  table_story t;
  const auto id = t.add();
  t.succeed(t.run(id));

  const auto late = t.cancel(id);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, errc::conflict);
  EXPECT_THAT(late.error().context, testing::HasSubstr("succeeded"));
  EXPECT_EQ(t.cancel(task_id{1, 1}).error().code, errc::not_found);
}

TEST(Cancel, FailsWhateverWaitedForTheTask) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});

  ASSERT_TRUE(t.cancel(ids[0]));

  EXPECT_EQ(states(t, ids), "cancelled failed");
  EXPECT_EQ(t.store.status(ids[1]).why, "task 'a' cancelled: cancelled: cancelled on request");
}

TEST(Cancel, OfADependentLeavesTheDependencyAlone) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});

  ASSERT_TRUE(t.cancel(ids[1]));
  t.succeed(t.run(ids[0]));

  EXPECT_EQ(states(t, ids), "succeeded cancelled");
}

}  // namespace
}  // namespace dunlin
