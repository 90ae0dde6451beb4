// SPDX-License-Identifier: Apache-2.0
// Tasks that wait for others: released by success alone, failed with the root cause otherwise.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Dependencies, ATaskIsReadyWhenTheLastOneHasSucceeded) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b"), work("c").after({"a", "b"})});
  EXPECT_THAT(t.newly_ready(), ElementsAre(ids[0], ids[1]));
  EXPECT_THAT(t.view(ids[2]).waits_for, ElementsAre("a", "b"));

  t.succeed(t.run(ids[0]));
  EXPECT_THAT(t.newly_ready(), IsEmpty());
  EXPECT_THAT(t.view(ids[2]).waits_for, ElementsAre("b"));
  t.succeed(t.run(ids[1]));

  EXPECT_THAT(t.newly_ready(), ElementsAre(ids[2]));
  EXPECT_EQ(t.view(ids[2]).reason, pending_reason::none);
}

TEST(Dependencies, ABatchMayNameMembersThatComeLater) {
  table_story t;

  const auto ids = t.add_all({work("last").after({"middle"}), work("middle").after({"first"}), work("first")});

  EXPECT_THAT(t.newly_ready(), ElementsAre(ids[2]));
}

TEST(Dependencies, AWholeDiamondRunsInTopologicalOrder) {
  table_story t;
  const auto ids = t.add_all({work("sink").after({"left", "right"}), work("left").after({"source"}),
                              work("right").after({"source"}), work("source")});
  std::vector<task_id> order;

  for (auto ready = t.newly_ready(); !ready.empty(); ready = t.newly_ready())
    for (const auto& id : ready) {
      order.push_back(id);
      t.succeed(t.run(id));
    }

  EXPECT_THAT(order, ElementsAre(ids[3], ids[1], ids[2], ids[0]));
}

TEST(Dependencies, OnAnEarlierTaskAreNamedByItsId) {
  table_story t;
  const auto earlier = t.add();
  const auto later = t.add(work().after(earlier));

  EXPECT_THAT(t.view(later).waits_for, ElementsAre(to_string(earlier)));
  t.succeed(t.run(earlier));

  EXPECT_TRUE(t.ready(later));
}

TEST(Dependencies, OnATaskThatHasSucceededAreMetAlready) {
  table_story t;
  const auto earlier = t.add();
  t.succeed(t.run(earlier));

  EXPECT_TRUE(t.ready(t.add(work().after(earlier))));
}

TEST(Dependencies, OnATaskThatHasFailedAreRefused) {
  table_story t;
  const auto earlier = t.add();
  t.fail(t.run(earlier));

  const auto answer = t.submit({work(), work().after({to_string(earlier)})});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::dependency_failed);
  EXPECT_EQ(answer.error().path, "tasks[1].depends_on[0]");
  EXPECT_THAT(answer.error().context, HasSubstr("has failed"));
  EXPECT_EQ(t.table.live(), 0U);
}

TEST(Dependencies, OnATaskThatNobodyKnowsAreRefused) {
  table_story t;

  const auto answer = t.submit({work().after(task_id{1, 1})});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::unknown_dependency);
  EXPECT_EQ(answer.error().path, "tasks[0].depends_on[0]");
}

TEST(Dependencies, NamedByNameAndByIdCountOnce) {
  table_story t;
  const auto first = t.add_all({work("a").key("k")}).at(0);
  const auto ids = t.add_all({work("a").key("k"), work("b").after({"a", to_string(first)})});
  EXPECT_EQ(ids[0], first);

  t.succeed(t.run(first));

  EXPECT_TRUE(t.ready(ids[1]));
  EXPECT_THAT(t.store.at(ids[1]).dependencies, ElementsAre(first));
}

TEST(Dependencies, AFailureFailsAllThatWaitWithItsCause) {
  table_story t;
  const auto ids = t.add_all(
      {work("root"), work("b").after({"root"}), work("c").after({"b"}), work("d").after({"c"}), work("other")});
  t.run(ids[4]);

  t.fail(t.run(ids[0]));

  EXPECT_EQ(states(t, ids), "failed failed failed failed running");
  for (int i = 1; i < 4; ++i) {
    const auto& kept = t.store.status(ids[i]);
    EXPECT_EQ(kept.code, errc::dependency_failed);
    EXPECT_EQ(kept.why, "task 'root' failed: handler_failed: it went wrong");
    EXPECT_EQ(kept.finished, t.at.wall);
    EXPECT_EQ(t.store.history(ids[i]), "submit dependency_failed");
  }
}

TEST(Dependencies, EveryEndButSuccessFailsThem) {
  table_story t(task_table_config{.crash_limit = 1});
  const auto ids = t.add_all({work("cancelled"), work("expired").deadline(noon + 10), work("dead"),
                              work("b").after({"cancelled"}), work("c").after({"expired"}), work("d").after({"dead"})});

  ASSERT_TRUE(t.cancel(ids[0]));
  t.crash(t.run(ids[2]));
  t.pass(10ms);

  EXPECT_EQ(states(t, ids), "cancelled expired dead failed failed failed");
  EXPECT_THAT(t.store.status(ids[4]).why, HasSubstr("task 'expired' expired"));
  EXPECT_THAT(t.store.status(ids[5]).why, HasSubstr("task 'dead' dead: poisoned"));
}

TEST(Dependencies, ARetryDoesNotFailThem) {
  table_story t;
  const auto ids = t.add_all({work("a").retries(1), work("b").after({"a"})});

  t.fail(t.run(ids[0]));
  EXPECT_EQ(states(t, ids), "backoff pending");

  t.pass(10s);
  t.succeed(t.run(ids[0]));
  EXPECT_TRUE(t.ready(ids[1]));
}

TEST(Dependencies, ALongChainFailsWithoutRecursion) {
  table_story t;
  std::vector<task_id> chain{t.add(work())};
  for (int i = 0; i < 20'000; ++i) chain.push_back(t.add(work().after(chain.back())));

  t.fail(t.run(chain.front()));

  EXPECT_EQ(t.table.live(), 0U);
  EXPECT_EQ(t.state(chain.back()), task_state::failed);
}

TEST(Dependencies, ManyDependentsThatComeAndGoLeaveTheRightOnes) {
  table_story t;
  const auto source = t.add(work("source"));
  std::vector<task_id> staying;
  for (int i = 0; i < 200; ++i) {
    const auto id = t.add(work().after(source));
    if (i % 10 == 0)
      staying.push_back(id);
    else
      ASSERT_TRUE(t.cancel(id));
  }
  t.newly_ready();

  t.succeed(t.run(source));

  EXPECT_EQ(t.newly_ready(), staying);
}

TEST(Dependencies, ASlotThatIsUsedAgainDoesNotInheritThem) {
  table_story t;
  const auto source = t.add(work("source"));
  const auto waiting = t.add(work().after(source));
  const auto slot = t.table.slot_of(waiting)->index;
  ASSERT_TRUE(t.cancel(waiting));
  ASSERT_TRUE(t.erase(waiting));
  const auto other = t.add(work("other"));
  const auto stranger = t.add(work().after(other));
  ASSERT_TRUE(t.table.slot_of(other)->index == slot || t.table.slot_of(stranger)->index == slot);

  t.fail(t.run(source));

  EXPECT_EQ(t.state(other), task_state::pending);
  EXPECT_EQ(t.state(stranger), task_state::pending);
}

TEST(Dependencies, ACauseIsCutToWhatAUserNeeds) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});
  auto outcome = t.outcome_of(t.run(ids[0]), errc::handler_failed);
  outcome.why = std::string(2'000, 'x');

  t.end(outcome);

  EXPECT_EQ(t.store.status(ids[1]).why.size(), 512U);
  EXPECT_EQ(t.store.status(ids[0]).why.size(), 2'000U);
}

TEST(Dependencies, ACycleIsReportedByName) {
  table_story t;

  const auto answer =
      t.submit({work("z"), work("a").after({"b"}), work("b").after({"c"}), work("c").after({"a", "z"})});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::cyclic_dependency);
  EXPECT_EQ(answer.error().context, "a -> b -> c -> a");
  EXPECT_EQ(answer.error().path, "tasks[1].depends_on");
  EXPECT_EQ(t.table.live(), 0U);
}

}  // namespace
}  // namespace dunlin
