// SPDX-License-Identifier: Apache-2.0
// Locks on named resources, as the leader keeps them.
#include "tests/coordination/orchestration/locks_on_two_nodes.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto resnet = "model:resnet";

TEST(Locks, KeepTwoTasksOfTwoNodesApart) {
  two_nodes t;

  const auto ids = t.add_all({work("first").locks({resnet}), work("second").locks({resnet})});

  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[0])) << "though there is room for both";
  EXPECT_EQ(t.explain(ids[1]).summary, "Waits for lock model:resnet, held by task 'first'.");
  EXPECT_THAT(t.explain(ids[1]).change, HasSubstr("end of the tasks that hold its locks"));
}

TEST(Locks, TheNextOneIsPlacedInTheStepInWhichTheHolderEnds) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}), work().locks({resnet})});
  const auto first = t.only_grant(t.a);

  t.end(t.a, first);

  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1]));
}

TEST(Locks, OthersAreNotHeldUp) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}), work().locks({resnet}), work(), work().locks({"data:x"})});

  auto granted = t.granted_anywhere();
  std::ranges::sort(granted);

  EXPECT_THAT(granted, ElementsAre(ids[0], ids[2], ids[3]));
}

TEST(Locks, AHolderThatFailsLetsTheNextOnePassBeforeItIsTriedAgain) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}).retries(3), work().locks({resnet})});
  const auto first = t.only_grant(t.a);

  t.end(t.a, first, errc::handler_failed);

  EXPECT_EQ(t.state(ids[0]), task_state::backoff);
  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1]));
  t.pass(5s, {t.a, t.b});
  EXPECT_THAT(t.granted_anywhere(), IsEmpty()) << "it asks anew and waits";
  EXPECT_EQ(t.state(ids[0]), task_state::pending);
}

TEST(Locks, ATaskThatIsCancelledWhileItWaitsIsForgotten) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}), work().locks({resnet}), work().locks({resnet})});
  const auto first = t.only_grant(t.a);
  t.step([&](auto& me, auto& to) { me.on_cancel({3}, ids[1], t.at, to); });

  t.end(t.a, first);

  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[2]));
}

TEST(Locks, ACancelledHolderKeepsItsLocksUntilItHasStopped) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}), work().locks({resnet})});
  const auto first = t.only_grant(t.a);
  t.start(t.a, first);

  t.step([&](auto& me, auto& to) { me.on_cancel({3}, ids[0], t.at, to); });

  EXPECT_THAT(t.granted_anywhere(), IsEmpty());
  t.end(t.a, first, errc::cancelled);
  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1]));
}

TEST(Locks, AHolderThatExpiresKeepsItsLocksUntilItHasStopped) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}).deadline(noon + 1'000), work().locks({resnet})});
  const auto first = t.only_grant(t.a);
  t.start(t.a, first);

  t.pass(2s, {t.a, t.b});

  EXPECT_EQ(t.state(ids[0]), task_state::expired);
  EXPECT_THAT(t.granted_anywhere(), IsEmpty()) << "its handler may not have stopped yet";
  EXPECT_TRUE(t.leader->locks(t.at.now).at(0).stopping);
  t.end(t.a, first, errc::expired);
  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1]));
}

TEST(Locks, ARefusedCommitTakesThemBack) {
  two_nodes t;
  const auto ids = t.add_all({work("first").locks({resnet}), work("second").locks({resnet})});
  const auto first = t.only_grant(t.a);
  t.start(t.a, first);

  t.hold();
  t.end(t.a, first);
  t.refuse();

  EXPECT_EQ(t.state(ids[0]), task_state::running);
  EXPECT_EQ(t.state(ids[1]), task_state::pending);
  EXPECT_THAT(t.granted_anywhere(), IsEmpty()) << "the end of the first one is not stored";
  EXPECT_EQ(t.explain(ids[1]).summary, "Waits for lock model:resnet, held by task 'first'.");
  t.end(t.a, first);
  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1]));
}

TEST(Locks, ARefusedGrantGivesThemBackToWhoeverIsNext) {
  two_nodes t;
  t.hold();
  t.submit({work().locks({resnet})});
  t.refuse();

  const auto id = t.add(work().locks({resnet}));

  EXPECT_THAT(t.granted_anywhere(), ElementsAre(id));
}

TEST(Locks, AHolderThatRunsIsLentThePriorityOfWhoWaits) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}).priority(2)});
  const auto first = t.only_grant(t.a);

  t.add(work().locks({resnet}).priority(9));

  const auto orders = t.heard<priority_order>(t.a);
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_EQ(orders[0].task, (task_epoch{ids[0], first.epoch}));
  EXPECT_EQ(orders[0].priority, 9);
}

TEST(Locks, AHolderThatIsNotPlacedYetMovesUpInTheQueue) {
  leader_story t;
  const auto a = t.join(node("a").slots(1));
  const auto running = t.add();
  const auto first = t.only_grant(a);
  const auto low = t.add(work().locks({resnet}).priority(2));
  const auto middle = t.add(work().priority(6));
  t.add(work().locks({resnet}).priority(9));

  t.end(a, first);

  const auto next = t.only_grant(a);
  EXPECT_EQ(next.id, low) << "one of priority 9 waits for it";
  EXPECT_EQ(next.priority, 9) << "its node serves it so, too";
  EXPECT_EQ(t.state(middle), task_state::pending);
  EXPECT_EQ(t.state(running), task_state::succeeded);
}

TEST(Locks, ATaskThatNoNodeIsLeftForDoesNotHoldThem) {
  leader_story t;
  const auto a = t.join(node("a").slots(4));
  const auto special = t.join(node("b", 5).slots(4).only("rare"));
  const auto rare = t.add(work().kind("rare").locks({resnet}));
  t.start(special, t.only_grant(special));
  const auto common = t.add(work().locks({resnet}));

  t.disconnect(special, true);

  EXPECT_THAT(t.granted_ids(a), ElementsAre(common));
  EXPECT_THAT(t.explain(rare).summary, HasSubstr("no node that is here can run it"));
  const auto back = t.join(node("b", 6).slots(4).only("rare"));
  EXPECT_THAT(t.grants(back), IsEmpty()) << "the other one has the lock now";
  EXPECT_EQ(t.explain(rare).summary, "Waits for lock model:resnet, held by task " + to_string(common) + ".");
  t.disconnect(a, true);
  EXPECT_THAT(t.granted_ids(back), ElementsAre(rare));
}

TEST(Locks, AHolderThatIsNotPlacedYetLetsOthersPassWhenItsLastNodeLeaves) {
  leader_story t;
  const auto a = t.join(node("a").slots(4));
  const auto special = t.join(node("b", 5).slots(0).only("rare"));
  const auto rare = t.add(work().kind("rare").locks({resnet, "data:x"}));
  const auto common = t.add(work().locks({resnet}));
  EXPECT_THAT(t.grants(a), IsEmpty());

  t.disconnect(special, true);

  EXPECT_THAT(t.granted_ids(a), ElementsAre(common));
  EXPECT_EQ(t.explain(common).state, task_state::leased);
  EXPECT_THAT(t.explain(rare).summary, HasSubstr("no node that is here can run it"));
}

TEST(Locks, AreListedWithTheirHolderItsNodeAndTheLine) {
  two_nodes t;
  const auto ids = t.add_all({work("first").locks({resnet, "data:x"}), work().locks({resnet}), work().locks({resnet})});
  t.pass(3s, {t.a, t.b});

  const auto locks = t.leader->locks(t.at.now);

  ASSERT_THAT(locks, SizeIs(2));
  EXPECT_EQ(locks[0].name, "data:x");
  EXPECT_EQ(locks[0].waiting, 0U);
  EXPECT_EQ(locks[1].name, resnet);
  EXPECT_EQ(locks[1].holder, ids[0]);
  EXPECT_EQ(locks[1].holder_name, "first");
  EXPECT_EQ(locks[1].node, "a");
  EXPECT_EQ(locks[1].held_ms, 3'000U);
  EXPECT_EQ(locks[1].next, ids[1]);
  EXPECT_EQ(locks[1].waiting, 2U);
  EXPECT_EQ(t.metric_of("dunlin_tasks_waiting_for_locks"), 2);
}

TEST(Locks, ANodeThatComesBackHearsWhatWasLentMeanwhile) {
  two_nodes t;
  t.add_all({work().locks({resnet}).priority(2)});
  const auto first = t.only_grant(t.a);
  t.start(t.a, first);
  t.disconnect(t.a);
  t.add(work().locks({resnet}).priority(9));
  t.heard<priority_order>(t.a);

  t.join(node("a").slots(4).holds({{first.id, first.epoch}}));

  EXPECT_THAT(t.heard<priority_order>(t.a), SizeIs(1));
}

}  // namespace
}  // namespace dunlin
