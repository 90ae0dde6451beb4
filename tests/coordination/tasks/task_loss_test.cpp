// SPDX-License-Identifier: Apache-2.0
// T6, T9, T14: leases that are lost, hosts that crash, nodes that leave.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LeaseLoss, OfARunningTaskIsACrashOfALeasedOneIsNot) {
  table_story t;
  const auto ids = t.add_all({work(), work()});
  t.run(ids[0]);
  t.grant(ids[1]);
  t.newly_ready();

  t.pass(17s);

  EXPECT_EQ(states(t, ids), "pending pending");
  EXPECT_EQ(t.view(ids[0]).crash_count, 1U);
  EXPECT_EQ(t.view(ids[1]).crash_count, 0U);
  EXPECT_EQ(t.view(ids[0]).code, errc::lease_expired);
  EXPECT_EQ(t.view(ids[0]).why, "node 'a' did not renew its lease");
  EXPECT_EQ(t.table.counts().lease_losses, 2U);
  EXPECT_THAT(t.newly_ready(), ElementsAre(ids[0], ids[1]));
}

TEST(LeaseLoss, LeavesTheEpochUntilTheNextGrant) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);

  t.pass(17s);

  EXPECT_EQ(t.store.status(id).epoch, task.epoch);
  EXPECT_EQ(t.store.history(id), "submit grant start lease_lost");
}

TEST(LeaseLoss, AReapedNodeLosesItsTasksAtOnceAndNobodyElses) {
  table_story t;
  const auto ids = t.add_all({work(), work(), work()});
  t.run(ids[0]);
  t.grant(ids[1], t.b);
  t.grant(ids[2]);

  t.lose_node(t.a);

  EXPECT_EQ(states(t, ids), "pending leased pending");
  EXPECT_EQ(t.view(ids[0]).code, errc::crashed);
  EXPECT_EQ(t.view(ids[0]).why, "node 'a' is gone");
  EXPECT_EQ(t.view(ids[0]).crash_count, 1U);
  EXPECT_EQ(t.view(ids[2]).crash_count, 0U);
}

TEST(LeaseLoss, ASilentNodeKeepsItsTasksUntilTheLeasesEnd) {
  table_story t;
  const auto id = t.add();
  t.run(id);

  t.lose_node(t.a, false);
  t.pass(16s);
  EXPECT_EQ(t.state(id), task_state::running);

  t.pass(1s);
  EXPECT_EQ(t.state(id), task_state::pending);
}

TEST(LeaseLoss, ASilentNodeThatReportsAgainKeepsItsTasks) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);
  t.lose_node(t.a, false);
  t.pass(10s);

  EXPECT_THAT(t.adopt({task}, t.a), IsEmpty());
  t.pass(16s);

  EXPECT_EQ(t.state(id), task_state::running);
  EXPECT_TRUE(t.try_grant(t.add(), t.a)) << "it takes tasks again";
}

TEST(LeaseLoss, OfADrainingNodeIsNoCrash) {
  table_story t;
  const auto id = t.add();
  t.run(id);
  t.table.on_owner_draining(t.a);

  t.lose_node(t.a);

  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_EQ(t.view(id).crash_count, 0U);
  EXPECT_EQ(t.table.counts().lease_losses, 1U);
}

TEST(LeaseLoss, SaidByTheNodeItselfIsNoFailureOfTheTask) {
  for (const auto code : {errc::lease_expired, errc::fenced_off}) {
    table_story t;
    const auto ids = t.add_all({work(), work()});

    EXPECT_EQ(t.fail(t.run(ids[0]), code), outcome_verdict::recorded);
    t.fail(t.grant(ids[1]), code);

    EXPECT_EQ(states(t, ids), "pending pending") << to_string(code);
    EXPECT_EQ(t.view(ids[0]).fail_count, 0U);
    EXPECT_EQ(t.view(ids[0]).crash_count, 1U) << "as if the leader had seen it first";
    EXPECT_EQ(t.view(ids[1]).crash_count, 0U);
    EXPECT_EQ(t.store.history(ids[0]), "submit grant start lease_lost");
  }
}

TEST(LeaseLoss, ThousandsAtOnceAreDoneInBoundedSteps) {
  table_story t;
  std::vector<task_id> ids;
  for (int i = 0; i < 5; ++i) {
    const auto more = t.add_all(std::vector<task_spec>(1'000, work()));
    ids.insert(ids.end(), more.begin(), more.end());
  }
  for (const auto& id : ids) t.grant(id);
  t.skip(17s);
  std::vector<stop_order> stops;

  t.table.on_tick(t.at, t.open, stops);
  EXPECT_EQ(t.open.writes.size(), 4'096U);
  EXPECT_LE(*t.table.next_deadline(), t.at.now) << "there is more to do at once";

  t.table.on_tick(t.at, t.open, stops);
  EXPECT_EQ(t.open.writes.size(), 5'000U);
  EXPECT_EQ(t.table.next_deadline(), std::nullopt);
  t.release();
}

TEST(Crash, IsCountedApartFromFailures) {
  table_story t;
  const auto id = t.add();

  t.crash(t.run(id));

  EXPECT_EQ(t.state(id), task_state::pending) << "a crash is tried again at once, even without retries";
  EXPECT_EQ(t.view(id).crash_count, 1U);
  EXPECT_EQ(t.view(id).fail_count, 0U);
  EXPECT_EQ(t.view(id).code, errc::crashed);
  EXPECT_EQ(t.store.history(id), "submit grant start lease_lost");
}

TEST(Crash, OfADrainingNodeIsNotCounted) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);
  t.table.on_owner_draining(t.a);

  t.crash(task);

  EXPECT_EQ(t.view(id).crash_count, 0U);
  EXPECT_EQ(t.state(id), task_state::pending);
}

TEST(Crash, TheFifthIsTheLast) {
  table_story t;
  const auto id = t.add(work().retries(100));
  for (int i = 0; i < 4; ++i) t.crash(t.run(id));
  ASSERT_EQ(t.state(id), task_state::pending);

  t.crash(t.run(id));

  const auto& kept = t.store.status(id);
  EXPECT_EQ(kept.state, task_state::dead);
  EXPECT_EQ(kept.code, errc::poisoned);
  EXPECT_EQ(kept.crash_count, 5U);
  EXPECT_THAT(kept.why, HasSubstr("crashed its host 5 times; the last time: it went wrong"));
  EXPECT_THAT(t.store.history(id), testing::EndsWith("poison"));
}

TEST(Crash, WithoutACodeIsACrashStill) {
  table_story t;
  const auto id = t.add();
  auto outcome = t.outcome_of(t.run(id));
  outcome.crashed = true;

  EXPECT_EQ(t.end(outcome), outcome_verdict::recorded);

  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_EQ(t.view(id).code, errc::crashed);
}

TEST(Drain, GivesTheTaskBackUncounted) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);
  t.newly_ready();

  t.give_back(task);

  EXPECT_THAT(t.newly_ready(), ElementsAre(id));
  EXPECT_EQ(t.view(id).crash_count, 0U);
  EXPECT_EQ(t.view(id).fail_count, 0U);
  EXPECT_EQ(t.view(id).code, errc::none);
  EXPECT_EQ(t.table.counts().lease_losses, 0U);
  EXPECT_EQ(t.store.history(id), "submit grant start drain");
}

TEST(Drain, ByAnotherNodeIsIgnored) {
  table_story t;
  const auto id = t.add();
  const auto task = t.grant(id, t.b);

  t.give_back(task);

  EXPECT_EQ(t.state(id), task_state::leased);
}

TEST(Drain, AHandlerThatTheNodeStoppedIsTriedElsewhere) {
  table_story t;
  const auto id = t.add();

  t.fail(t.run(id), errc::shutting_down);

  EXPECT_TRUE(t.ready(id));
  EXPECT_EQ(t.view(id).fail_count, 0U);
  EXPECT_EQ(t.view(id).code, errc::shutting_down);
}

}  // namespace
}  // namespace dunlin
