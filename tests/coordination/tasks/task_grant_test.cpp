// SPDX-License-Identifier: Apache-2.0
// T1 to T3: what a submission stores, what a grant says, and who may start.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TaskSubmit, StoresTheWholeSpecificationInOneTransaction) {
  table_story t;
  t.hold();

  const auto answer = t.submit({work("a").payload("x").priority(9), work("b").after({"a"})});

  ASSERT_TRUE(answer);
  ASSERT_EQ(t.open.writes.size(), 2U);
  EXPECT_EQ(t.open.leader_term, 7U);
  t.release();
  const auto& first = t.store.at(answer->at(0).id);
  EXPECT_EQ(first.spec, task_spec(work("a").payload("x").priority(9)));
  EXPECT_EQ(first.submitted, noon);
  EXPECT_EQ(first.status.state, task_state::pending);
  const auto& second = t.store.at(answer->at(1).id);
  EXPECT_THAT(second.dependencies, ElementsAre(first.id));
  EXPECT_EQ(second.status.reason, pending_reason::dependencies);
}

TEST(TaskSubmit, GivesIdsThatSortBySubmission) {
  table_story t;

  const auto first = t.add();
  t.skip(5ms);
  const auto later = t.add_all({work(), work()});

  EXPECT_LT(first, later[0]);
  EXPECT_LT(later[0], later[1]);
}

TEST(TaskSubmit, AnnouncesReadyTasksWithShapeAndPriority) {
  table_story t;

  const auto id = t.add(work().priority(8));

  ASSERT_EQ(t.table.newly_ready().size(), 1U);
  const auto& ready = t.table.newly_ready().front();
  EXPECT_EQ(t.table.id_of(ready.slot), id);
  EXPECT_EQ(ready.priority, 8);
  EXPECT_EQ(ready.since, t.at.now);
  EXPECT_EQ(t.table.shapes().at(ready.shape).kind, "work");
  t.table.clear_newly_ready();
  EXPECT_THAT(t.table.newly_ready(), IsEmpty());
}

TEST(TaskSubmit, RefusesAWholeBatchForOneBadMember) {
  table_story t;

  const auto answer = t.submit({work("good"), work("bad").priority(11)});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().path, "tasks[1].priority");
  EXPECT_EQ(t.table.live(), 0U);
  EXPECT_TRUE(t.store.all().empty());
  EXPECT_THAT(t.newly_ready(), IsEmpty());
}

TEST(TaskSubmit, RefusesADeadlineThatHasPassed) {
  table_story t;

  const auto answer = t.submit({work(), work().deadline(noon)});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::expired);
  EXPECT_EQ(answer.error().path, "tasks[1].deadline");
}

TEST(TaskGrant, CarriesWhatTheNodeNeeds) {
  table_story t;
  const auto id = t.add(work().payload("input").priority(3).deadline(noon + 60'000));

  const auto grant = t.try_grant(id, t.b);

  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->id, id);
  EXPECT_EQ(grant->epoch, make_epoch(7, 1));
  EXPECT_EQ(grant->attempt, 1U);
  EXPECT_EQ(grant->priority, 3);
  EXPECT_EQ(grant->deadline, noon + 60'000);
  EXPECT_EQ(grant->payload, bytes_of("input"));
}

TEST(TaskGrant, WritesAttemptEpochAndOwner) {
  table_story t;
  const auto id = t.add();

  t.grant(id, t.b);

  const auto& kept = t.store.status(id);
  EXPECT_EQ(kept.state, task_state::leased);
  EXPECT_EQ(kept.attempt, 1U);
  EXPECT_EQ(kept.epoch, make_epoch(7, 1));
  EXPECT_EQ(kept.owner, "b");
  EXPECT_EQ(kept.owner_incarnation, incarnation{2});
  EXPECT_EQ(t.store.history(id), "submit grant");
}

TEST(TaskGrant, RaisesAttemptAndEpochEachTime) {
  table_story t;
  const auto id = t.add();

  const auto first = t.grant(id);
  t.give_back(first);
  const auto second = t.grant(id);

  EXPECT_GT(second.epoch, first.epoch);
  EXPECT_EQ(t.view(id).attempt, 2U);
}

TEST(TaskGrant, IsRefusedForATaskThatIsNotReady) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"}), work("later").not_before(noon + 1'000)});
  t.grant(ids[0]);

  for (const auto& id : ids) {
    const auto again = t.try_grant(id, t.b);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, errc::conflict);
  }
  EXPECT_EQ(t.view(ids[0]).owner, t.a);
}

TEST(TaskGrant, IsRefusedForAnOutdatedSlot) {
  table_story t;
  const auto id = t.add();
  const auto slot = *t.table.slot_of(id);
  ASSERT_TRUE(t.cancel(id));
  ASSERT_TRUE(t.erase(id));
  const auto stranger = t.add();
  ASSERT_EQ(t.table.slot_of(stranger)->index, slot.index) << "the slot is used again";

  EXPECT_FALSE(t.table.on_grant(slot, t.a, t.at, t.open));
  EXPECT_FALSE(t.table.is_ready(slot));
  EXPECT_EQ(t.table.id_of(slot), task_id{});
  EXPECT_TRUE(t.ready(stranger));
}

TEST(TaskGrant, IsRefusedToNobodyAndToWhoeverLeaves) {
  table_story t;
  const auto id = t.add();
  t.table.on_owner_draining(t.a);
  t.lose_node(t.b);

  for (const auto owner : {no_owner, t.a, t.b}) EXPECT_FALSE(t.try_grant(id, owner)) << owner;

  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_EQ(t.store.history(id), "submit");
}

TEST(TaskGrant, IsForANodeThatHasJoinedAgain) {
  table_story t;
  const auto ids = t.add_all({work(), work()});
  t.table.on_owner_draining(t.a);
  t.lose_node(t.b);

  for (const auto owner : {t.a, t.b}) t.table.on_owner_joined(owner);

  EXPECT_TRUE(t.try_grant(ids[0], t.a));
  EXPECT_TRUE(t.try_grant(ids[1], t.b));
}

TEST(TaskGrant, ANewLifeOfANodeIsAnotherOwner) {
  table_story t;

  EXPECT_EQ(t.table.intern_owner("a", incarnation{1}), t.a);
  const auto reborn = t.table.intern_owner("a", incarnation{9});

  EXPECT_NE(reborn, t.a);
  EXPECT_EQ(t.table.owner_node(reborn), "a");
  EXPECT_EQ(t.table.owner_life(reborn), incarnation{9});
}

TEST(TaskStart, IsKeptWithItsTime) {
  table_story t;
  const auto id = t.add();
  const auto task = t.grant(id);
  t.skip(40ms);

  t.start(task);

  EXPECT_EQ(t.view(id).started, noon + 40);
  EXPECT_EQ(t.store.history(id), "submit grant start");
}

TEST(TaskStart, IsWrittenOnce) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);

  t.skip(1s);
  t.start(task);

  EXPECT_EQ(t.view(id).started, noon);
  EXPECT_EQ(t.store.history(id), "submit grant start");
}

}  // namespace
}  // namespace dunlin
