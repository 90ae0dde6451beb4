// SPDX-License-Identifier: Apache-2.0
// From ready tasks to grants: who gets what, how much, and in which order.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Placement, ATaskGoesToANodeThatServesIt) {
  leader_story t;
  const auto other = t.join(node("other").only("else").slots(9));
  const auto right = t.join(node("right").slots(9));

  const auto id = t.add(work().payload("input").priority(7));

  const auto batches = t.heard<grant_batch>(right);
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_EQ(batches[0].shapes.at(0).kind, "work");
  EXPECT_EQ(batches[0].grants.at(0).id, id);
  EXPECT_EQ(batches[0].grants.at(0).payload, bytes_of("input"));
  EXPECT_THAT(t.grants(other), IsEmpty());
  EXPECT_EQ(t.state(id), task_state::leased);
}

TEST(Placement, AGrantLeavesOnlyOnceItIsStored) {
  leader_story t;
  const auto a = t.join(node("a"));
  t.hold();

  t.submit({work()});

  EXPECT_THAT(t.grants(a), IsEmpty());
  ASSERT_THAT(t.out.commit.writes, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<insert_task>(t.out.commit.writes[0]));
  EXPECT_EQ(std::get<update_task>(t.out.commit.writes[1]).what, transition::grant);
}

TEST(Placement, ANodeNeverHoldsMoreThanItOffered) {
  leader_story t;
  const auto a = t.join(node("a").slots(2, 1));

  t.add_all(std::vector<task_spec>(10, work()));

  const auto grants = t.grants(a);
  ASSERT_THAT(grants, SizeIs(3));
  t.end(a, grants[1]);
  EXPECT_THAT(t.grants(a), SizeIs(1)) << "one ended, one follows";
  EXPECT_EQ(t.metric_of("dunlin_node_granted_tasks", "a"), 3);
}

TEST(Placement, TasksAreSpreadOverEqualNodes) {
  leader_story t;
  const auto a = t.join(node("a").slots(8));
  const auto b = t.join(node("b").slots(8));

  t.add_all(std::vector<task_spec>(8, work()));

  EXPECT_THAT(t.grants(a), SizeIs(4));
  EXPECT_THAT(t.grants(b), SizeIs(4));
}

TEST(Placement, TheHighestPriorityIsFirstAndEqualsKeepTheirOrder) {
  leader_story t;
  std::vector<task_id> order;
  const auto a = t.join(node("a").slots(0));
  const auto ids = t.add_all({work().priority(5), work().priority(9), work().priority(1), work().priority(5),
                              work().kind("work").priority(9)});
  t.join(node("a").slots(1));

  for (auto grants = t.grants(a); !grants.empty(); grants = t.grants(a)) {
    order.push_back(grants.at(0).id);
    t.end(a, grants.at(0));
  }

  EXPECT_THAT(order, ElementsAre(ids[1], ids[4], ids[0], ids[3], ids[2]));
}

TEST(Placement, WaitingWeighsLikePriority) {
  orchestration_config config;
  config.aging_step = 10s;
  leader_story t(config);
  const auto a = t.join(node("a").slots(0));
  const auto old = t.add(work().priority(3));
  t.pass(21s, {a});
  const auto middle = t.add(work().priority(5));
  const auto urgent = t.add(work().priority(9));
  t.join(node("a").slots(3));

  EXPECT_THAT(t.granted_ids(a), ElementsAre(urgent, old, middle));
}

TEST(Placement, ABoostGoesBeforeAHigherPriorityWhileItLasts) {
  leader_story t;
  const auto a = t.join(node("a").slots(0));
  const auto boost = [](milliseconds lasts) { return [=](task_spec& s) { s.priority_boosts = {{4, lasts}}; }; };
  const auto ids =
      t.add_all({work().priority(6), work().priority(3).with(boost(60s)), work().priority(3).with(boost(1s))});
  t.pass(2s, {a});
  t.join(node("a").slots(3));

  const auto grants = t.grants(a);

  ASSERT_THAT(grants, SizeIs(3));
  EXPECT_EQ(grants[0].id, ids[1]);
  EXPECT_EQ(grants[0].priority, 3) << "its own";
  EXPECT_THAT(grants[0].boosts, ElementsAre(task_boost{4, 58s})) << "what is left of it";
  EXPECT_EQ(grants[1].id, ids[0]);
  EXPECT_EQ(grants[2].id, ids[2]) << "its boost is over, so it waits its turn";
  EXPECT_THAT(grants[2].boosts, IsEmpty());
}

TEST(Placement, DependentsFollowInTheSameStep) {
  leader_story t;
  const auto a = t.join(node("a").slots(2));
  const auto ids = t.add_all({work("x"), work("y").after({"x"})});
  const auto first = t.only_grant(a);
  EXPECT_EQ(first.id, ids[0]);

  t.end(a, first);

  EXPECT_THAT(t.granted_ids(a), ElementsAre(ids[1]));
}

TEST(Placement, AStreamOfNewShapesIsForgottenAgain) {
  leader_story t;
  auto wide = node("a").slots(1);
  const auto a = t.join(wide);
  for (int i = 0; i < 3'000; ++i) {
    t.add(work().timeout(milliseconds{1'000 + i}));
    t.end(a, t.only_grant(a));
  }

  EXPECT_LE(t.leader->tasks().shapes().size(), 1'024U);
  t.add(work().timeout(milliseconds{1'000}));
  EXPECT_THAT(t.grants(a), SizeIs(1)) << "a shape that comes back is served";
}

TEST(Placement, CancelledTasksDoNotFillTheQueueOfAFullSwarm) {
  leader_story t;
  t.join(node("a").slots(0));
  const auto kept = t.add();
  for (int i = 0; i < 5'000; ++i) {
    const auto id = t.add();
    t.step([&](auto& me, auto& to) { me.on_cancel({3}, id, t.at, to); });
    ASSERT_LE(t.leader->queued(), 1'100U);
  }

  EXPECT_EQ(t.metric_of("dunlin_ready_queue_tasks"), 1) << "the dead do not count";
  const auto a = t.join(node("a").slots(1));
  EXPECT_THAT(t.granted_ids(a), ElementsAre(kept));
}

TEST(Placement, ThePolicyIsChosenAtRunTime) {
  leader_story t;
  EXPECT_EQ(t.leader->policy(), "capability");

  EXPECT_TRUE(t.leader->on_policy("round_robin"));
  EXPECT_EQ(t.leader->policy(), "round_robin");

  EXPECT_EQ(t.leader->on_policy("best").error().code, errc::invalid_argument);
  EXPECT_EQ(t.leader->policy(), "round_robin") << "a wrong name changes nothing";
  orchestration_config config;
  config.policy = "best";
  EXPECT_FALSE(orchestration::make(config, 1, 1));
}

TEST(Placement, EveryPolicyServesAndRespectsTheOffers) {
  for (const auto* policy : {"round_robin", "least_loaded", "capability"}) {
    orchestration_config config;
    config.policy = policy;
    leader_story t(config);
    const auto a = t.join(node("a").slots(1));
    const auto b = t.join(node("b").slots(3));
    t.join(node("c").only("else").slots(9));

    t.add_all(std::vector<task_spec>(9, work()));

    EXPECT_THAT(t.grants(a), SizeIs(1)) << policy;
    EXPECT_THAT(t.grants(b), SizeIs(3)) << policy;
  }
}

}  // namespace
}  // namespace dunlin
