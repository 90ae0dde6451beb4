// SPDX-License-Identifier: Apache-2.0
// What nodes say about their tasks, and what clients are told: outcomes and receipts, renewals, cancels, answers.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using enum outcome_verdict;

TEST(Outcomes, AreReceiptedAfterTheyAreStored) {
  leader_story t;
  const auto a = t.join(node("a").slots(2));
  t.add_all({work(), work()});
  const auto grants = t.grants(a);
  task_outcome stranger;
  stranger.id = {9, 9};
  stranger.epoch = 5;

  t.hold();
  t.end(a, 31, {t.outcome_of(grants[0]), stranger, t.outcome_of(grants[1], errc::timeout)});

  EXPECT_THAT(t.heard<receipt_batch>(a), IsEmpty());
  ASSERT_THAT(t.out.after_commit, SizeIs(1));
  const auto& receipts = std::get<receipt_batch>(std::get<tell_node>(t.out.after_commit[0]).message);
  EXPECT_EQ(receipts.sequence, 31U);
  EXPECT_THAT(receipts.receipts, ElementsAre(outcome_receipt{grants[0].id, grants[0].epoch, recorded},
                                             outcome_receipt{stranger.id, stranger.epoch, discarded},
                                             outcome_receipt{grants[1].id, grants[1].epoch, recorded}));
}

TEST(Outcomes, RepeatedAreReceiptedAgainAndCountedOnce) {
  leader_story t;
  const auto a = t.join(node("a").slots(2));
  t.add_all(std::vector<task_spec>(5, work()));
  const auto first = t.grants(a);
  t.end(a, 1, {t.outcome_of(first[0])});
  EXPECT_THAT(t.grants(a), SizeIs(1));

  t.end(a, 1, {t.outcome_of(first[0])});

  EXPECT_THAT(t.heard<receipt_batch>(a), SizeIs(2));
  EXPECT_THAT(t.grants(a), IsEmpty()) << "its room was freed once";
  EXPECT_EQ(t.metric_of("dunlin_node_granted_tasks", "a"), 2);
  EXPECT_EQ(t.leader->nodes().at(0).completed, 1U);
}

TEST(Outcomes, OfANodeThatWasDeclaredDownCountStill) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  const auto grant = t.only_grant(a);
  t.pass(5s);
  ASSERT_THAT(t.lost, SizeIs(1));

  t.end(a, grant);

  EXPECT_EQ(t.state(id), task_state::succeeded);
  EXPECT_EQ(t.heard<receipt_batch>(a).at(0).receipts.at(0).verdict, recorded);
}

TEST(Outcomes, RepeatedBeforeTheReportLeaveTheRightLoad) {
  leader_story t;
  const auto a = t.join(node("a").slots(3));
  t.add_all(std::vector<task_spec>(6, work()));
  const auto grants = t.grants(a);
  t.disconnect(a);

  t.end(a, 1, {t.outcome_of(grants[0])});
  t.join(node("a").slots(3).holds({{grants[1].id, grants[1].epoch}, {grants[2].id, grants[2].epoch}}));

  EXPECT_THAT(t.grants(a), SizeIs(1));
  EXPECT_EQ(t.metric_of("dunlin_node_granted_tasks", "a"), 3);
}

TEST(Outcomes, OfTwoNodesForOneTaskRecordTheNewerAlone) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  const auto old = t.only_grant(a);
  t.pass(4s);  // a is down
  const auto b = t.join(node("b"));
  t.pass(15s, {b});
  const auto fresh = t.only_grant(b);
  ASSERT_EQ(fresh.id, id);

  t.end(a, old);
  EXPECT_EQ(t.heard<receipt_batch>(a).at(0).receipts.at(0).verdict, fenced);
  EXPECT_EQ(t.state(id), task_state::leased);
  t.end(b, fresh);

  EXPECT_EQ(t.state(id), task_state::succeeded);
  EXPECT_EQ(t.metric_of("dunlin_outcomes_fenced_total"), 1);
}

TEST(Starts, ProgressAndCheckpointsReachTheTable) {
  leader_story t;
  const auto a = t.join(node("a").slots(3));
  const auto ids = t.add_all({work(), work(), work()});
  const auto grants = t.grants(a);

  t.start(a, grants[0]);
  t.step([&](auto& me, auto& to) {
    me.on_progress(a, {{{ids[1], grants[1].epoch, {40, "so far", 4, 10}}}}, t.at, to);
    me.on_checkpoints(a, {{{ids[2], grants[2].epoch, bytes_of("half")}}}, t.at, to);
  });

  for (const auto& id : ids) EXPECT_EQ(t.state(id), task_state::running);
  EXPECT_EQ(t.store.at(ids[1]).progress.percent, 40);
  EXPECT_EQ(t.store.at(ids[2]).checkpoint, bytes_of("half"));
}

TEST(Starts, OfAStrangerChangeNothing) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  const auto grant = t.only_grant(a);
  const task_epoch task{grant.id, grant.epoch};

  t.start({77}, grant);
  t.step([&](auto& me, auto& to) {
    me.on_progress({77}, {{{id, grant.epoch, {40, "", 0, 0}}}}, t.at, to);
    me.on_checkpoints({77}, {{{id, grant.epoch, bytes_of("x")}}}, t.at, to);
    me.on_returned({77}, {{task}}, t.at, to);
    me.on_renewal({77}, {1, {task}}, t.at, to);
    me.on_leaving({77}, {"bye"}, t.at, to);
  });

  EXPECT_EQ(t.state(id), task_state::leased);
  EXPECT_THAT(t.heard<lease_renewed>({77}), IsEmpty());
}

TEST(Renewal, AnswersWithTheLeaseAndWhatIsFenced) {
  leader_story t;
  const auto a = t.join(node("a"));
  t.add();
  const auto grant = t.only_grant(a);
  const task_epoch mine{grant.id, grant.epoch};
  const task_epoch old{grant.id, grant.epoch - 1};

  t.step([&](auto& me, auto& to) { me.on_renewal(a, {9, {mine, old}}, t.at, to); });

  const auto answers = t.heard<lease_renewed>(a);
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].sequence, 9U);
  EXPECT_EQ(answers[0].remaining, milliseconds{15'000});
  EXPECT_THAT(answers[0].fenced, ElementsAre(old));
}

TEST(Renewal, KeepsATaskForAsLongAsItGoesOn) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  const auto grant = t.only_grant(a);

  for (std::uint64_t i = 0; i < 12; ++i) {
    t.pass(5s, {a});
    t.step([&](auto& me, auto& to) { me.on_renewal(a, {i, {{grant.id, grant.epoch}}}, t.at, to); });
  }
  EXPECT_EQ(t.state(id), task_state::leased);
  t.pass(18s, {a});

  EXPECT_EQ(t.store.history(id), "submit grant lease_lost grant") << "a heartbeat is no renewal";
  EXPECT_THAT(t.granted_ids(a), ElementsAre(id)) << "what it lost takes no room";
}

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
