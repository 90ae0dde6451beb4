// SPDX-License-Identifier: Apache-2.0
// Nodes come, report, fall silent and come back.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(NodeJoin, IsSaidOnce) {
  leader_story t;

  t.join(node("a"));
  t.join(node("a").slots(2));

  EXPECT_THAT(t.log, ElementsAre("node a has joined"));
  EXPECT_EQ(t.node_state("a"), "alive");
}

TEST(NodeJoin, WithANameThatIsNoneIsRefused) {
  leader_story t;

  t.join(node("no name"));

  ASSERT_THAT(t.cuts, SizeIs(1));
  EXPECT_EQ(t.cuts[0].why.code, errc::invalid_argument);
}

TEST(NodeJoin, OfASecondNodeOfTheSameNameIsRefused) {
  leader_story t;
  const auto first = t.join(node("a", 1));

  const auto second = t.join(node("a", 2).slots(9));
  t.add();

  ASSERT_THAT(t.cuts, SizeIs(1));
  EXPECT_EQ(t.cuts[0].node, second);
  EXPECT_EQ(t.cuts[0].why.code, errc::duplicate_name);
  EXPECT_THAT(t.grants(first), SizeIs(1));
  EXPECT_THAT(t.grants(second), IsEmpty());
}

TEST(NodeJoin, ANewLifeReplacesAnOldOneThatIsSilent) {
  leader_story t;
  const auto first = t.join(node("a", 1));
  const auto id = t.add();
  t.disconnect(first);

  const auto second = t.join(node("a", 2));

  EXPECT_THAT(t.cuts, ElementsAre(testing::Field(&cut_node::node, first)));
  ASSERT_THAT(t.lost, SizeIs(1));
  EXPECT_EQ(t.lost[0].life, first);
  EXPECT_EQ(t.state(id), task_state::leased) << "the old life may still run it: its lease decides";
  t.pass(17s, {second});
  EXPECT_THAT(t.granted_ids(second), ElementsAre(id));
}

TEST(NodeReport, OfMoreRoomLetsMoreIn) {
  leader_story t;
  const auto a = t.join(node("a").slots(1));
  t.add_all(std::vector<task_spec>(3, work()));
  EXPECT_THAT(t.grants(a), SizeIs(1));

  t.join(node("a").slots(2));

  EXPECT_THAT(t.grants(a), SizeIs(1)) << "one was there already";
}

TEST(NodeReport, OfNewKindsServesWhatWaitsForThem) {
  leader_story t;
  const auto a = t.join(node("a").serves("gone").slots(9));
  const auto b = t.join(node("b").only("else"));
  t.disconnect(a, true);
  const auto refused = t.submit({work().kind("gone")});
  EXPECT_FALSE(refused);
  const auto c = t.join(node("c").only("gone").slots(1));
  const auto ids = t.add_all({work().kind("gone"), work().kind("gone")});
  EXPECT_THAT(t.granted_ids(c), ElementsAre(ids[0]));

  t.join(node("b").only("gone"));

  EXPECT_THAT(t.granted_ids(b), ElementsAre(ids[1]));
}

TEST(NodeReport, OfFewerKindsTakesNoMoreOfThem) {
  leader_story t;
  const auto a = t.join(node("a").slots(5));
  const auto b = t.join(node("b").slots(5));
  t.join(node("a").only("else").slots(5));

  t.add_all(std::vector<task_spec>(4, work()));

  EXPECT_THAT(t.grants(a), IsEmpty());
  EXPECT_THAT(t.grants(b), SizeIs(4));
}

TEST(Heartbeat, IsAnsweredWithItsNumberAndTheTerm) {
  leader_story t;
  const auto a = t.join(node("a"));

  heartbeat beat;
  beat.sequence = 42;
  t.beat(a, beat);

  const auto answers = t.heard<heartbeat_answer>(a);
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].sequence, 42U);
  EXPECT_EQ(answers[0].term, 7U);
}

TEST(Heartbeat, OfALifeThatIsDownCutsItOff) {
  leader_story t;
  const auto a = t.join(node("a"));
  t.pass(5s);
  t.cuts.clear();

  t.beat(a);

  ASSERT_THAT(t.cuts, SizeIs(1));
  EXPECT_EQ(t.cuts[0].why.code, errc::fenced_off);
}

TEST(Silence, StopsNewGrantsThenEndsTheNode) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  const auto id = t.add();
  EXPECT_THAT(t.grants(a), SizeIs(1));

  t.pass(1s);
  EXPECT_EQ(t.node_state("a"), "suspect");
  EXPECT_THAT(t.log.back(), HasSubstr("no new grants"));
  t.add();
  EXPECT_THAT(t.grants(a), IsEmpty());

  t.pass(2s);
  EXPECT_EQ(t.node_state("a"), "down");
  EXPECT_THAT(t.cuts, ElementsAre(testing::Field(&cut_node::node, a)));
  ASSERT_THAT(t.lost, SizeIs(1));
  EXPECT_EQ(t.lost[0].node, "a");
  EXPECT_EQ(t.state(id), task_state::leased);
  t.pass(15s);
  EXPECT_EQ(t.state(id), task_state::pending) << "after the lease and its grace";
}

TEST(Silence, ThatEndsInTimeIsForgiven) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  t.pass(1s);
  t.add();
  EXPECT_THAT(t.grants(a), IsEmpty());

  t.beat(a);

  EXPECT_EQ(t.log.back(), "node a answers again");
  EXPECT_THAT(t.grants(a), SizeIs(1)) << "what waited goes there at once";
}

TEST(Heartbeat, BeforeTheFirstReportIsNoReasonToCutTheNode) {
  leader_story t;

  t.beat({5});

  EXPECT_THAT(t.cuts, IsEmpty());
}

TEST(Silence, AnyMessageIsASignOfLife) {
  leader_story t;
  const auto a = t.join(node("a").slots(9));
  const auto id = t.add();
  const auto grant = t.only_grant(a);
  for (int i = 0; i < 20; ++i) {
    t.pass(800ms);
    t.step([&](auto& me, auto& to) { me.on_renewal(a, {1, {{grant.id, grant.epoch}}}, t.at, to); });
  }

  EXPECT_EQ(t.node_state("a"), "alive");
  EXPECT_EQ(t.state(id), task_state::leased);
}

TEST(Silence, ADownNodeThatReportsAgainKeepsWhatItHolds) {
  leader_story t;
  const auto a = t.join(node("a").slots(3));
  const auto ids = t.add_all({work(), work()});
  const auto grants = t.grants(a);
  t.pass(5s);
  ASSERT_EQ(t.node_state("a"), "down");

  t.join(node("a").slots(3).holds({{grants[0].id, grants[0].epoch}, {task_id{9, 9}, 1}}));

  EXPECT_EQ(t.node_state("a"), "alive");
  const auto orders = t.heard<cancel_order>(a);
  ASSERT_THAT(orders, SizeIs(1)) << "of what it must not hold it hears";
  EXPECT_EQ(orders[0].task.id, (task_id{9, 9}));
  EXPECT_EQ(orders[0].why, errc::fenced_off);
  EXPECT_EQ(t.store.history(ids[0]), "submit grant");
  EXPECT_EQ(t.store.history(ids[1]), "submit grant lease_lost grant") << "what got lost on the way is granted anew";
  EXPECT_EQ(t.store.status(ids[1]).crash_count, 0U);
  EXPECT_THAT(t.granted_ids(a), ElementsAre(ids[1]));
}

TEST(NodeJoin, WhatRunsIsLeftToItsLeaseEvenIfTheReportLacksIt) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  t.start(a, t.only_grant(a));
  t.disconnect(a);

  t.join(node("a"));

  EXPECT_EQ(t.state(id), task_state::running) << "its outcome is under way";
}

TEST(Coordinate, ANodeIsToldHowToShareItsDevice) {
  leader_story t;
  const auto a = t.join(node("a").device("cpu", 4, 1'000));
  coordinate_order order;
  order.options.pattern = sharing_pattern::time_sliced;

  t.step([&](auto& me, auto& out) { me.on_coordinate({1}, "a", order, out); });

  ASSERT_THAT(t.count_answers, SizeIs(1));
  EXPECT_TRUE(t.count_answers[0].answer);
  EXPECT_THAT(t.heard<coordinate_order>(a), ElementsAre(order));
}

TEST(Coordinate, ANodeThatWasStartedAgainSharesItsDeviceAsItWasTold) {
  leader_story t;
  const auto first = t.join(node("a", 1).device("cpu", 4, 1'000));
  coordinate_order order;
  order.options = {.pattern = sharing_pattern::space_partitioned, .units = {3, 1}};
  t.step([&](auto& me, auto& out) { me.on_coordinate({1}, "a", {}, out); });
  t.step([&](auto& me, auto& out) { me.on_coordinate({2}, "a", order, out); });
  t.disconnect(first);

  const auto second = t.join(node("a", 2).device("cpu", 4, 1'000));
  t.disconnect(second);
  const auto smaller = t.join(node("a", 3).device("cpu", 2, 1'000));
  const auto other = t.join(node("b").device("cpu", 4, 1'000));

  EXPECT_THAT(t.heard<coordinate_order>(second), ElementsAre(order)) << "the newest order";
  EXPECT_THAT(t.heard<coordinate_order>(smaller), IsEmpty()) << "it has no four units any more";
  EXPECT_THAT(t.heard<coordinate_order>(other), IsEmpty());
}

TEST(Coordinate, ANodeThatWasOutOfReachIsNotToldAgain) {
  leader_story t;
  const auto a = t.join(node("a").device("cpu", 4, 1'000));
  t.step([&](auto& me, auto& out) { me.on_coordinate({1}, "a", {}, out); });
  t.disconnect(a);

  t.join(node("a").device("cpu", 4, 1'000));

  EXPECT_THAT(t.heard<coordinate_order>(a), SizeIs(1));
}

TEST(Coordinate, WhatCannotBeIsRefusedAndNobodyIsTold) {
  leader_story t;
  const auto a = t.join(node("a").device("cpu", 4, 1'000));
  const auto why = [&](const std::string& name, const coordinate_order& order) {
    t.count_answers.clear();
    t.step([&](auto& me, auto& out) { me.on_coordinate({1}, name, order, out); });
    return t.count_answers.at(0).answer ? error{errc::none} : t.count_answers.at(0).answer.error();
  };

  EXPECT_EQ(why("b", {}).code, errc::not_found);
  EXPECT_EQ(why("a", {device_id{1}, {}}).path, "device");
  EXPECT_EQ(why("a", {{}, {.pattern = sharing_pattern::time_sliced, .quantum = milliseconds{0}}}).path, "quantum_ms");
  EXPECT_EQ(why("a", {{}, {.pattern = sharing_pattern::space_partitioned, .units = {3, 2}}}).path, "units");
  EXPECT_EQ(why("a", {{}, {.pattern = sharing_pattern::any, .quantum = milliseconds{0}}}).path, "quantum_ms");
  const std::vector<stage_spec> circle{{"first"}, {"a", {"first", "b"}}, {"b", {"a"}}};
  EXPECT_EQ(why("a", {{}, {.pattern = sharing_pattern::pipeline, .stages = circle}}).code, errc::cyclic_dependency);
  EXPECT_THAT(t.heard<coordinate_order>(a), IsEmpty());
}

}  // namespace
}  // namespace dunlin
