// SPDX-License-Identifier: Apache-2.0
// The store refuses what the leader decided: nodes keep their room, listeners go on listening, tasks go on.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LeaderRefused, AGrantThatNeverLeftTakesNoRoom) {
  leader_story t;
  const auto a = t.join(node("a").slots(1));
  t.join(node("a").slots(0));
  const auto id = t.add();
  t.hold();
  t.join(node("a").slots(1));

  t.refuse();

  EXPECT_THAT(t.granted_ids(a), ElementsAre(id)) << "the one place of the node is free again";
  EXPECT_EQ(t.metric_of("dunlin_node_granted_tasks", "a"), 1);
}

TEST(LeaderRefused, ASubmissionAndItsGrantAreForgotten) {
  leader_story t;
  const auto a = t.join(node("a").slots(1));
  t.hold();
  t.submit({work()}, 42);

  t.refuse();

  EXPECT_EQ(t.leader->tasks().live(), 0U);
  EXPECT_THAT(t.grants(a), IsEmpty());
  EXPECT_EQ(t.metric_of("dunlin_node_granted_tasks", "a"), 0);
  const auto id = t.add();
  EXPECT_THAT(t.granted_ids(a), ElementsAre(id));
}

TEST(LeaderRefused, WhoListensIsToldOfTheEndThatIsStored) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add_all({work()}, 42).at(0);
  const auto grant = t.only_grant(a);
  t.hold();
  t.end(a, 1, {t.outcome_of(grant, errc::handler_failed)});
  t.refuse();
  ASSERT_EQ(t.state(id), task_state::leased);
  ASSERT_THAT(t.ended, IsEmpty());

  t.end(a, 1, {t.outcome_of(grant, errc::handler_failed)});

  ASSERT_THAT(t.ended, SizeIs(1));
  EXPECT_EQ(t.ended[0].listener, 42U);
  EXPECT_EQ(t.ended[0].outcomes.at(0).id, id);
}

TEST(LeaderRefused, ARepeatedSubmissionKeepsItsFirstListener) {
  leader_story t;
  const auto a = t.join(node("a"));
  t.add_all({work().key("k")}, 42);
  t.hold();
  t.submit({work().key("k"), work()}, 42);
  t.refuse();

  t.end(a, t.only_grant(a));

  EXPECT_THAT(t.ended, SizeIs(1));
}

}  // namespace
}  // namespace dunlin
