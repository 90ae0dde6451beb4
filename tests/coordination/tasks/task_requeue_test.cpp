// SPDX-License-Identifier: Apache-2.0
// T17: an operator revives what failed or died, from its stored record.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Requeue, RunsAFailedTaskAgainWithFreshCounters) {
  table_story t;
  const auto id = t.add(work("a").payload("input").priority(8).retries(1));
  for (int i = 0; i < 2; ++i) {
    t.fail(t.run(id));
    t.pass(10s);
  }
  const auto old = t.view(id).epoch;
  t.newly_ready();

  ASSERT_TRUE(t.requeue(id));

  EXPECT_THAT(t.newly_ready(), ElementsAre(id));
  const auto row = t.view(id);
  EXPECT_EQ(row.name, "a");
  EXPECT_EQ(row.priority, 8);
  EXPECT_EQ(row.fail_count, 0U);
  EXPECT_EQ(row.code, errc::none);
  EXPECT_EQ(row.started, 0);
  EXPECT_EQ(row.finished, 0);
  EXPECT_EQ(t.table.live(), 1U);
  EXPECT_EQ(t.table.counts().terminal, 0U);
  const auto grant = t.try_grant(id, t.a);
  ASSERT_TRUE(grant);
  EXPECT_GT(grant->epoch, old);
  EXPECT_EQ(grant->attempt, 3U);
  EXPECT_EQ(grant->payload, bytes_of("input"));
}

TEST(Requeue, GivesADeadTaskAllItsCrashesAgain) {
  table_story t(task_table_config{.crash_limit = 2});
  const auto id = t.add();
  for (int i = 0; i < 2; ++i) t.crash(t.run(id));
  ASSERT_EQ(t.state(id), task_state::dead);

  ASSERT_TRUE(t.requeue(id));
  t.crash(t.run(id));

  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_EQ(t.view(id).crash_count, 1U);
}

TEST(Requeue, KeepsTheCheckpointThatIsStored) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);
  t.checkpoint(task, "half");
  t.progress(task, 50);
  t.fail(task);

  ASSERT_TRUE(t.requeue(id));
  EXPECT_EQ(t.store.at(id).progress, task_progress{});
  const auto grant = t.try_grant(id, t.a);

  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->checkpoint, t.store.at(id).checkpoint) << "as after a restart of the leader";
}

TEST(Requeue, IsRefusedUnlessTheTaskFailedOrDied) {
  table_story t;
  const auto ids = t.add_all({work(), work(), work(), work(), work().deadline(noon + 10)});
  t.run(ids[1]);
  t.succeed(t.run(ids[2]));
  ASSERT_TRUE(t.cancel(ids[3]));
  t.pass(10ms);
  EXPECT_EQ(states(t, ids), "pending running succeeded cancelled expired");

  for (const auto& id : ids) EXPECT_EQ(t.requeue(id).error().code, errc::conflict);
  task_record unknown;
  unknown.id = {1, 1};
  EXPECT_EQ(t.requeue(std::move(unknown)).error().code, errc::not_found);
}

TEST(Requeue, IsRefusedForAnOutdatedRecord) {
  table_story t;
  const auto id = t.add();
  t.fail(t.run(id));
  const auto outdated = t.store.at(id);
  ASSERT_TRUE(t.requeue(id));
  t.fail(t.run(id));

  const auto answer = t.requeue(task_record{outdated});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::conflict);
  EXPECT_EQ(t.state(id), task_state::failed);
}

TEST(Requeue, IsRefusedAfterTheDeadline) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 1'000));
  t.fail(t.run(id));
  t.skip(1s);

  EXPECT_THAT(t.requeue(id).error().context, HasSubstr("deadline"));
}

TEST(Requeue, RunsUnderTheOldDeadline) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 1'000));
  t.fail(t.run(id));
  ASSERT_TRUE(t.requeue(id));

  t.pass(1s);

  EXPECT_EQ(t.state(id), task_state::expired);
}

TEST(Requeue, ADependentFollowsItsDependency) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});
  t.fail(t.run(ids[0]));
  const auto early = t.requeue(ids[1]);
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().context, HasSubstr("which did not succeed"));

  ASSERT_TRUE(t.requeue(ids[0]));
  ASSERT_TRUE(t.requeue(ids[1]));
  EXPECT_FALSE(t.ready(ids[1]));
  EXPECT_THAT(t.view(ids[1]).waits_for, ElementsAre("a"));
  t.succeed(t.run(ids[0]));

  EXPECT_TRUE(t.ready(ids[1]));
}

TEST(Requeue, OfADependentWhoseDependencyWasErasedIsRefused) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});
  t.fail(t.run(ids[0]));
  ASSERT_TRUE(t.erase(ids[0]));

  EXPECT_EQ(t.requeue(ids[1]).error().code, errc::conflict);
}

TEST(Requeue, TwiceLinksADependentOnce) {
  table_story t;
  const auto ids = t.add_all({work("a").retries(9), work("b").after({"a"}), work("c").after({"b"})});
  ASSERT_TRUE(t.cancel(ids[1]));  // fails c

  EXPECT_EQ(t.requeue(ids[1]).error().code, errc::conflict) << "what was cancelled stays so";
  EXPECT_EQ(t.requeue(ids[2]).error().code, errc::conflict);
  EXPECT_EQ(states(t, ids), "pending cancelled failed");
}

TEST(Requeue, IntoAFullQueueIsRefused) {
  table_story t(task_table_config{.max_live_tasks = 1, .max_payload_bytes = 4});
  const auto id = t.add(work().payload("1234"));
  t.fail(t.run(id));
  const auto other = t.add(work().payload("1"));

  EXPECT_EQ(t.requeue(id).error().code, errc::overloaded);
  ASSERT_TRUE(t.cancel(other));

  EXPECT_TRUE(t.requeue(id));
}

TEST(Requeue, OutcomesOfTheFormerLifeAreRefused) {
  table_story t;
  const auto id = t.add();
  const auto old = t.run(id);
  t.fail(old);
  ASSERT_TRUE(t.requeue(id));

  EXPECT_EQ(t.fail(old), outcome_verdict::discarded) << "nobody holds it";
  t.grant(id, t.b);
  EXPECT_EQ(t.succeed(old), outcome_verdict::fenced);

  EXPECT_EQ(t.state(id), task_state::leased);
}

}  // namespace
}  // namespace dunlin
