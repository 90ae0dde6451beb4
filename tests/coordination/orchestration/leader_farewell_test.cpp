// SPDX-License-Identifier: Apache-2.0
// Nodes lose their connection, leave, and are told to drain.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Disconnect, GivesTheNodeNoMoreUntilItIsBack) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  t.add();
  const auto grant = t.only_grant(a);

  t.disconnect(a);
  const auto second = t.add();
  EXPECT_THAT(t.grants(a), IsEmpty());
  t.join(node("a").slots(9).holds({{grant.id, grant.epoch}}));

  EXPECT_THAT(t.log, Contains("node a is back"));
  EXPECT_THAT(t.granted_ids(a), ElementsAre(second));
  EXPECT_THAT(t.lost, IsEmpty());
}

TEST(Disconnect, OfAProcessThatIsGoneFreesItsTasksAtOnce) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  const auto id = t.add();
  t.grants(a);
  const auto b = t.join(node("b").slots(9));

  t.disconnect(a, true);

  EXPECT_EQ(t.node_state("a"), "down");
  EXPECT_THAT(t.granted_ids(b), ElementsAre(id));
  EXPECT_THAT(t.lost, SizeIs(1));
  EXPECT_THAT(t.cuts, IsEmpty()) << "there is nothing to cut";
  EXPECT_EQ(t.leader->pid_of(a), 0U);
}

TEST(Disconnect, OfAStrangerIsIgnored) {
  leader_story t;

  t.disconnect({77}, true);

  EXPECT_THAT(t.lost, IsEmpty());
}

TEST(NodeLeaving, IsNoCrashAndFreesItsTasks) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  const auto id = t.add();
  t.start(a, t.only_grant(a));
  const auto b = t.join(node("b").slots(9));

  t.step([&](auto& me, auto& to) { me.on_leaving(a, {"the operator said so"}, t.at, to); });

  EXPECT_EQ(t.node_state("a"), "left");
  EXPECT_THAT(t.granted_ids(b), ElementsAre(id));
  EXPECT_EQ(t.store.status(id).crash_count, 0U);
  EXPECT_THAT(t.lost.at(0).why, HasSubstr("the operator said so"));
  t.disconnect(a);
  EXPECT_THAT(t.lost, SizeIs(1)) << "it left once";
}

TEST(Drain, OneNodeTakesNoMoreAndIsTold) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  const auto b = t.join(node("b").slots(9));

  t.step([&](auto& me, auto& to) { me.on_drain({5}, "a", t.at, to); });
  t.add_all(std::vector<task_spec>(4, work()));

  EXPECT_THAT(t.heard<drain_order>(a), SizeIs(1));
  EXPECT_THAT(t.heard<drain_order>(b), IsEmpty());
  EXPECT_THAT(t.grants(a), IsEmpty());
  EXPECT_THAT(t.grants(b), SizeIs(4));
  EXPECT_EQ(t.node_state("a"), "draining");
  ASSERT_THAT(t.count_answers, SizeIs(1));
  EXPECT_EQ(t.count_answers[0].request, request_id{5});
  EXPECT_EQ(t.count_answers[0].answer.value(), 1U);
}

TEST(Drain, OfAnUnknownNodeIsRefused) {
  leader_story t;

  t.step([&](auto& me, auto& to) { me.on_drain({5}, "a", t.at, to); });

  EXPECT_EQ(t.count_answers.at(0).answer.error().code, errc::not_found);
}

TEST(Drain, OfAllIncludesWhoJoinsLater) {
  leader_story t;
  const auto a = t.join(node("a"));

  t.step([&](auto& me, auto& to) { me.on_drain({5}, "", t.at, to); });
  const auto b = t.join(node("b"));
  const auto answer = t.submit({work()});

  EXPECT_TRUE(answer) << "it is accepted, and waits";
  EXPECT_THAT(t.heard<drain_order>(a), SizeIs(1));
  EXPECT_THAT(t.heard<drain_order>(b), SizeIs(1));
  EXPECT_THAT(t.grants(b), IsEmpty());
}

TEST(Drain, WhatTheNodeGivesBackGoesElsewhere) {
  leader_story t;
  const auto a = t.join(node("a").slots(2));
  const auto ids = t.add_all({work(), work()});
  const auto grants = t.grants(a);
  t.step([&](auto& me, auto& to) { me.on_drain({5}, "a", t.at, to); });
  const auto b = t.join(node("b").slots(9));

  t.step([&](auto& me, auto& to) { me.on_returned(a, {{{grants[1].id, grants[1].epoch}}}, t.at, to); });

  EXPECT_THAT(t.granted_ids(b), ElementsAre(ids[1]));
  EXPECT_EQ(t.metric_of("dunlin_node_granted_tasks", "a"), 1);
}

TEST(Drain, ANodeThatSaysItDrainsTakesNoMore) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));

  t.join(node("a").slots(9).draining());
  t.add();

  EXPECT_THAT(t.grants(a), IsEmpty());
  EXPECT_EQ(t.node_state("a"), "draining");
}

TEST(Drain, IsSaidAgainToANodeThatMissedIt) {
  leader_story t;
  const auto a = t.join(node("a"));
  t.disconnect(a);
  t.step([&](auto& me, auto& to) { me.on_drain({5}, "a", t.at, to); });
  t.heard<drain_order>(a);  // there was no connection to carry it

  t.join(node("a"));

  EXPECT_THAT(t.heard<drain_order>(a), SizeIs(1));
}

TEST(Drain, ANodeThatJoinsAgainAfterItWasDownTakesTasksAndLosesNone) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  t.step([&](auto& me, auto& to) { me.on_drain({5}, "a", t.at, to); });
  t.pass(5s);
  ASSERT_EQ(t.node_state("a"), "down");
  const auto b = t.join(node("b").slots(9));

  t.join(node("a").slots(9));
  t.disconnect(b, true);
  const auto id = t.add();

  EXPECT_THAT(t.granted_ids(a), ElementsAre(id));
}

}  // namespace
}  // namespace dunlin
