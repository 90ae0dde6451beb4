// SPDX-License-Identifier: Apache-2.0
// While a task runs: progress, checkpoints, and how long a lease lasts (T4).
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TaskProgress, KeepsTheNewestAndImpliesTheStart) {
  table_story t;
  const auto id = t.add();
  const auto task = t.grant(id);

  t.progress(task, 10);
  t.progress(task, 200);

  EXPECT_EQ(t.state(id), task_state::running);
  EXPECT_EQ(t.view(id).progress.percent, 100) << "cut to what a percentage can be";
  EXPECT_EQ(t.store.at(id).progress.percent, 100);
  EXPECT_EQ(t.store.history(id), "submit grant start");
}

TEST(TaskProgress, StartsAnewWithEveryAttempt) {
  table_story t;
  const auto id = t.add();
  const auto first = t.grant(id);
  t.progress(first, 70);
  t.give_back(first);

  t.grant(id);

  EXPECT_EQ(t.view(id).progress, task_progress{});
  EXPECT_EQ(t.store.at(id).progress, task_progress{});
}

TEST(TaskProgress, OfAnOlderAttemptIsIgnored) {
  table_story t;
  const auto id = t.add();
  const auto first = t.grant(id);
  t.give_back(first);
  t.grant(id);

  t.progress(first, 70);
  t.checkpoint(first, "old");

  EXPECT_EQ(t.state(id), task_state::leased);
  EXPECT_TRUE(t.store.at(id).checkpoint.empty());
}

TEST(TaskCheckpoint, GoesToTheNextAttempt) {
  table_story t;
  const auto id = t.add();
  const auto first = t.grant(id);
  t.checkpoint(first, "half");
  t.checkpoint(first, "most");
  t.give_back(first);

  const auto second = t.try_grant(id, t.b);

  ASSERT_TRUE(second);
  EXPECT_EQ(second->checkpoint, bytes_of("most"));
  EXPECT_EQ(t.store.at(id).checkpoint, bytes_of("most"));
}

TEST(TaskCheckpoint, ThatIsTooLargeIsIgnored) {
  table_story t;
  const auto id = t.add();
  const auto task = t.grant(id);

  t.checkpoint(task, std::string(max_inline_bytes + 1, 'x'));

  EXPECT_TRUE(t.store.at(id).checkpoint.empty());
  t.checkpoint(task, std::string(max_inline_bytes, 'x'));
  EXPECT_EQ(t.store.at(id).checkpoint.size(), max_inline_bytes);
}

TEST(TaskLease, LastsForLeaseAndGraceWithoutARenewal) {
  table_story t;
  const auto id = t.add();
  t.grant(id);

  t.pass(17s - 1ms);
  EXPECT_EQ(t.state(id), task_state::leased);

  t.pass(1ms);
  EXPECT_EQ(t.state(id), task_state::pending);
}

TEST(TaskLease, LastsAWholeTermFromEachRenewal) {
  table_story t;
  const auto id = t.add();
  const auto task = t.grant(id);

  for (int i = 0; i < 5; ++i) {
    t.pass(16s);
    EXPECT_THAT(t.renew({task}, t.a), IsEmpty());
  }
  t.pass(16s);

  EXPECT_EQ(t.state(id), task_state::leased);
  EXPECT_EQ(t.store.history(id), "submit grant") << "a renewal is not written";
  t.pass(1s);
  EXPECT_EQ(t.state(id), task_state::pending);
}

TEST(TaskLease, ARenewalFencesWhatTheOwnerDoesNotHold) {
  table_story t;
  const auto ids = t.add_all({work(), work(), work()});
  const auto mine = t.grant(ids[0]);
  const auto theirs = t.grant(ids[1], t.b);
  const auto old = t.grant(ids[2]);
  t.give_back(old);
  const auto unknown = task_epoch{task_id{1, 2}, 3};

  EXPECT_THAT(t.renew({mine, theirs, old, unknown}, t.a), ElementsAre(theirs, old, unknown));
}

TEST(TaskLease, OfAnOwnerThatIsGoneIsNotRenewed) {
  table_story t;
  const auto id = t.add();
  const auto task = t.grant(id);
  t.lose_node(t.a, false);

  EXPECT_THAT(t.renew({task}, t.a), ElementsAre(task));

  t.pass(17s);
  EXPECT_EQ(t.state(id), task_state::pending);
}

TEST(TaskLease, EveryTaskHasItsOwn) {
  table_story t;
  const auto ids = t.add_all({work(), work()});
  const auto kept = t.grant(ids[0]);
  t.pass(10s);
  t.grant(ids[1]);
  t.pass(5s);
  t.renew({kept}, t.a);

  t.pass(12s);

  EXPECT_EQ(states(t, ids), "leased pending");
}

}  // namespace
}  // namespace dunlin
