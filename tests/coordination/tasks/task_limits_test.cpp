// SPDX-License-Identifier: Apache-2.0
// What a table holds at most, and how it forgets ended tasks.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;

TEST(TaskLimits, ABatchThatWouldOverfillTheQueueIsRefusedWhole) {
  table_story t(task_table_config{.max_live_tasks = 3});
  t.add_all({work(), work()});

  const auto answer = t.submit({work(), work()});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::overloaded);
  EXPECT_THAT(answer.error().context, HasSubstr("2 tasks are queued or running, 2 more would exceed 3"));
  EXPECT_EQ(t.table.live(), 2U);
  t.add();
  EXPECT_EQ(t.table.live(), 3U);
}

TEST(TaskLimits, EndedTasksMakeRoom) {
  table_story t(task_table_config{.max_live_tasks = 1});
  t.succeed(t.run(t.add()));

  t.add();

  EXPECT_FALSE(t.submit({work()}));
}

TEST(TaskLimits, PayloadsOfLiveTasksAreBounded) {
  table_story t(task_table_config{.max_payload_bytes = 10});
  const auto id = t.add(work().payload("12345678"));

  const auto answer = t.submit({work().payload("123")});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::overloaded);
  EXPECT_THAT(answer.error().context, HasSubstr("8 bytes, 3 more would exceed 10"));

  t.add(work().payload("12"));
  t.succeed(t.run(id));
  t.add(work().payload("12345678"));
}

TEST(TaskLimits, TheOldestEndedTaskIsForgottenFirst) {
  table_story t(task_table_config{.max_terminal_tasks = 2});
  const auto ids = t.add_all({work(), work(), work()});
  t.succeed(t.run(ids[2]));
  t.skip(1s);
  ASSERT_TRUE(t.cancel(ids[0]));
  t.skip(1s);

  t.fail(t.run(ids[1]));

  EXPECT_FALSE(t.table.find(ids[2]));
  EXPECT_FALSE(t.store.holds(ids[2]));
  EXPECT_EQ(t.table.counts().terminal, 2U);
  EXPECT_EQ(t.state(ids[0]), task_state::cancelled);
}

TEST(TaskLimits, AnEndedTaskIsForgottenAfterItsTime) {
  table_story t(task_table_config{.terminal_memory = 1h});
  const auto id = t.add(work().key("k"));
  t.succeed(t.run(id));

  t.pass(1h - 1ms);
  EXPECT_TRUE(t.store.holds(id));
  t.pass(1ms);

  EXPECT_FALSE(t.store.holds(id));
  EXPECT_FALSE(t.table.slot_of(id));
  EXPECT_EQ(t.table.counts().terminal, 0U);
  EXPECT_EQ(t.table.counts().by_state[4], 0U);
}

TEST(TaskLimits, EraseForgetsAnEndedTaskAtOnce) {
  table_story t;
  const auto id = t.add();
  EXPECT_EQ(t.erase(id).error().code, errc::conflict);
  t.run(id);
  EXPECT_THAT(t.erase(id).error().context, HasSubstr("running"));

  ASSERT_TRUE(t.cancel(id));
  t.pass(17s);

  EXPECT_TRUE(t.erase(id));
  EXPECT_FALSE(t.store.holds(id));
  EXPECT_EQ(t.erase(id).error().code, errc::not_found);
  t.pass(48h);
}

TEST(TaskLimits, CountsFollowEveryTask) {
  table_story t;
  const auto ids = t.add_all({work(), work(), work(), work().retries(1)});
  t.grant(ids[0]);
  t.succeed(t.run(ids[1]));
  t.fail(t.run(ids[3]));

  const auto& counts = t.table.counts();

  EXPECT_THAT(counts.by_state, testing::ElementsAre(1, 1, 0, 1, 1, 0, 0, 0, 0));
  EXPECT_EQ(counts.live, 3U);
  EXPECT_EQ(counts.terminal, 1U);
}

TEST(TaskLimits, AnEndedTaskKeepsNoShapeAlive) {
  table_story t;
  for (int i = 0; i < 3'000; ++i) t.succeed(t.run(t.add(work().kind("kind" + std::to_string(i)))));

  EXPECT_LE(t.table.shapes().size(), 1'024U);
  EXPECT_GE(t.table.shapes().retired().size(), 1'900U);
}

TEST(TaskLimits, ATableMayBeMoved) {
  table_story t;
  const auto id = t.add();

  task_table moved{std::move(t.table)};
  t.table = std::move(moved);

  EXPECT_EQ(t.state(id), task_state::pending);
}

}  // namespace
}  // namespace dunlin
