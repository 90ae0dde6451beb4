// SPDX-License-Identifier: Apache-2.0
// T1b: a submission that is repeated with its key returns the first answer; another one under that key is refused.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

TEST(IdempotencyKey, ARepeatedSubmissionIsTheSameTask) {
  table_story t;
  const auto id = t.add(work().key("k").payload("x"));

  const auto again = t.submit({work().key("k").payload("x")});

  ASSERT_TRUE(again);
  EXPECT_EQ(again->at(0).id, id);
  EXPECT_TRUE(again->at(0).existed);
  EXPECT_EQ(t.table.live(), 1U);
  EXPECT_EQ(t.store.history(id), "submit");
}

TEST(IdempotencyKey, IsKnownWhateverBecameOfTheTask) {
  table_story t;
  const auto id = t.add(work().key("k"));
  t.fail(t.run(id));

  const auto again = t.submit({work().key("k")});

  ASSERT_TRUE(again);
  EXPECT_EQ(again->at(0).id, id);
  EXPECT_EQ(t.state(id), task_state::failed);
}

TEST(IdempotencyKey, WithAnotherContentIsRefused) {
  const auto base = [] { return work().key("k").payload("x").priority(5); };
  std::vector<task_spec> others{base().payload("y"), base().priority(6), base().kind("other"), base().retries(7)};
  others.push_back(base().with([](task_spec& spec) { spec.shape.needs.gpu_milli = 500; }));
  others.push_back(base().with([](task_spec& spec) { spec.shape.capabilities = {"fast"}; }));
  for (const auto& other : others) {
    table_story t;
    t.add(base());

    const auto answer = t.submit({other});

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, errc::duplicate_key);
    EXPECT_EQ(answer.error().path, "tasks[0].idempotency_key");
  }
}

TEST(IdempotencyKey, ForgivesWhatHonestRepetitionsChange) {
  table_story t;
  const auto id = t.add(work().key("k").deadline(noon + 5'000));
  t.skip(1s);

  const auto again = t.submit({work().key("k").deadline(noon + 6'000).with([](task_spec& spec) {
    spec.labels = {{"try", "2"}};
  })});

  ASSERT_TRUE(again);
  EXPECT_EQ(again->at(0).id, id);
  EXPECT_EQ(t.store.at(id).spec.deadline, noon + 5'000) << "the first submission stands";
}

TEST(IdempotencyKey, OfAPartOfABatchAddsTheRestAlone) {
  table_story t;
  const auto first = t.add(work("a").key("k"));

  const auto answer = t.submit({work("a").key("k"), work("b").after({"a"}), work("c")});

  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->at(0).existed);
  EXPECT_FALSE(answer->at(1).existed);
  EXPECT_EQ(t.table.live(), 3U);
  t.succeed(t.run(first));
  EXPECT_TRUE(t.ready(answer->at(1).id));
}

TEST(IdempotencyKey, OfATaskThatFailedRefusesWhoeverDependsOnIt) {
  table_story t;
  t.fail(t.run(t.add(work("a").key("k"))));

  const auto answer = t.submit({work("a").key("k"), work("b").after({"a"})});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::dependency_failed);
}

TEST(IdempotencyKey, IsAnsweredByAFullTableAndAfterTheDeadline) {
  table_story t(task_table_config{.max_live_tasks = 1});
  const auto id = t.add(work().key("k").deadline(noon + 100));
  t.skip(1s);

  const auto again = t.submit({work().key("k").deadline(noon + 100)});

  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->at(0).id, id);
}

TEST(IdempotencyKey, IsFreeOnceItsTaskIsErased) {
  table_story t;
  const auto id = t.add(work().key("k"));
  ASSERT_TRUE(t.cancel(id));
  ASSERT_TRUE(t.erase(id));

  const auto next = t.submit({work().key("k").payload("other")});

  ASSERT_TRUE(next);
  EXPECT_FALSE(next->at(0).existed);
  EXPECT_NE(next->at(0).id, id);
}

TEST(IdempotencyKey, OutlivesARestartOfTheLeader) {
  table_story before;
  const auto live = before.add(work().key("live"));
  const auto ended = before.add(work().key("ended"));
  before.succeed(before.run(ended));
  table_story after({}, 8);
  for (const auto& [id, record] : before.store.all()) ASSERT_TRUE(after.table.restore(task_record{record}, after.at));
  after.table.finish_restore(after.at, after.open);
  after.hold();  // its store is the other story's

  EXPECT_EQ(after.submit({work().key("live")})->at(0).id, live);
  EXPECT_EQ(after.submit({work().key("ended")})->at(0).id, ended);
  EXPECT_EQ(after.submit({work().key("ended").payload("x")}).error().code, errc::duplicate_key);
}

}  // namespace
}  // namespace dunlin
