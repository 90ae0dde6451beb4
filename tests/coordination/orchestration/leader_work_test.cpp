// SPDX-License-Identifier: Apache-2.0
// What nodes say about their tasks: outcomes and their receipts, starts, progress, renewals.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
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

}  // namespace
}  // namespace dunlin
