// SPDX-License-Identifier: Apache-2.0
// What clients ask and are told: cancels, requeues, erasures, refusals, the end of their tasks.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Cancel, OfARunningTaskIsOrderedFromItsNode) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  const auto grant = t.only_grant(a);

  t.step([&](auto& me, auto& to) { me.on_cancel({3}, id, t.at, to); });

  const auto orders = t.heard<cancel_order>(a);
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_EQ(orders[0].task, (task_epoch{id, grant.epoch}));
  EXPECT_EQ(orders[0].why, errc::cancelled);
  EXPECT_EQ(t.task_answers.at(0).request, request_id{3});
  EXPECT_EQ(t.task_answers.at(0).answer, id);
  t.end(a, grant, errc::cancelled);
  EXPECT_EQ(t.state(id), task_state::cancelled);
}

TEST(Cancel, OfAWaitingTaskNeedsNobody) {
  leader_story t;
  const auto a = t.join(node("a").slots(0));
  const auto id = t.add();

  t.step([&](auto& me, auto& to) { me.on_cancel({3}, id, t.at, to); });
  t.join(node("a").slots(5));

  EXPECT_EQ(t.state(id), task_state::cancelled);
  EXPECT_THAT(t.grants(a), IsEmpty());
}

TEST(Cancel, OfAnEndedTaskIsRefused) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  t.end(a, t.only_grant(a));

  t.step([&](auto& me, auto& to) { me.on_cancel({3}, id, t.at, to); });

  EXPECT_EQ(t.task_answers.at(0).answer.error().code, errc::conflict);
}

TEST(Deadline, OfARunningTaskIsOrderedFromItsNode) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add(work().deadline(noon + 1'000));
  t.grants(a);

  t.pass(1s, {a});

  const auto orders = t.heard<cancel_order>(a);
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_EQ(orders[0].why, errc::expired);
  EXPECT_EQ(t.state(id), task_state::expired);
}

TEST(Requeue, PlacesTheTaskAgain) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  t.end(a, t.only_grant(a), errc::handler_failed);
  ASSERT_EQ(t.state(id), task_state::failed);

  t.step([&](auto& me, auto& to) { me.on_requeue({4}, task_record{t.store.at(id)}, t.at, to); });

  EXPECT_EQ(t.task_answers.at(0).answer, id);
  EXPECT_THAT(t.granted_ids(a), ElementsAre(id));
  t.step([&](auto& me, auto& to) { me.on_requeue({5}, task_record{t.store.at(id)}, t.at, to); });
  EXPECT_EQ(t.task_answers.at(1).answer.error().code, errc::conflict);
}

TEST(Erase, CountsWhatItForgotAndExplainsASingleRefusal) {
  leader_story t;
  const auto a = t.join(node("a").slots(1));
  const auto ids = t.add_all({work(), work()});
  t.end(a, t.only_grant(a));

  t.step([&](auto& me, auto& to) {
    me.on_erase({1}, {ids[0], ids[1], {9, 9}}, to);
    me.on_erase({2}, {ids[1]}, to);
  });

  EXPECT_EQ(t.count_answers.at(0).answer.value(), 1U);
  EXPECT_EQ(t.count_answers.at(1).answer.error().code, errc::conflict);
  EXPECT_FALSE(t.store.holds(ids[0]));
}

TEST(Submit, IntoAFullQueueIsRefusedAndCounted) {
  orchestration_config config;
  config.tasks.max_live_tasks = 2;
  leader_story t(config);
  t.join(node("a").slots(0));
  t.add_all({work(), work()});

  const auto answer = t.submit({work()});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::overloaded);
  EXPECT_EQ(t.metric_of("dunlin_submits_refused_total"), 1);
}

TEST(Listener, IsToldOnceWhenEachTaskEnds) {
  leader_story t;
  const auto a = t.join(node("a").slots(3));
  const auto ids = t.add_all({work("x"), work("y").after({"x"}), work("z")}, 42);
  t.add();
  auto grants = t.grants(a);
  auto done = t.outcome_of(grants[1]);
  done.output = bytes_of("result");

  t.end(a, 1, {t.outcome_of(grants[0], errc::timeout), done});

  ASSERT_THAT(t.ended, SizeIs(1));
  EXPECT_EQ(t.ended[0].listener, 42U);
  ASSERT_THAT(t.ended[0].outcomes, SizeIs(3)) << "the dependent has ended with what it waited for";
  EXPECT_EQ(t.ended[0].outcomes[0].code, errc::timeout);
  EXPECT_EQ(t.ended[0].outcomes[1].code, errc::dependency_failed);
  EXPECT_EQ(t.ended[0].outcomes[2].id, ids[2]);
  EXPECT_EQ(t.ended[0].outcomes[2].output, bytes_of("result"));
  t.end(a, 1, {done});
  EXPECT_THAT(t.ended, SizeIs(1));
}

TEST(Listener, OfNobodyIsNotTold) {
  leader_story t;
  const auto a = t.join(node("a"));
  t.add();

  t.end(a, t.only_grant(a));

  EXPECT_THAT(t.ended, IsEmpty());
}

TEST(Restart, TheNewLeaderGoesOnWhereTheStoreStands) {
  leader_story before;
  const auto a = before.join(node("a").slots(1));
  const auto ids = before.add_all({work(), work()});
  const auto grant = before.only_grant(a);
  leader_story after;
  after.leader = orchestration::make({}, 1, 8).value();
  after.store = before.store;
  for (const auto& [id, record] : before.store.all()) ASSERT_TRUE(after.leader->restore(task_record{record}, after.at));
  after.step([&](auto& me, auto& to) { me.finish_restore(after.at, to); });

  after.join(node("a").slots(2).holds({{grant.id, grant.epoch}}));

  EXPECT_THAT(after.granted_ids(a), ElementsAre(ids[1]));
  EXPECT_THAT(after.heard<cancel_order>(a), IsEmpty());
  EXPECT_EQ(after.leader->tasks().counts().adopted, 1U);
  after.end(a, grant);
  EXPECT_EQ(after.state(ids[0]), task_state::succeeded);
}

}  // namespace
}  // namespace dunlin
