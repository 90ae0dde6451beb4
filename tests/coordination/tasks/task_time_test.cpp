// SPDX-License-Identifier: Apache-2.0
// T12 and T15: deadlines and waiting times. Decisions run on the monotonic clock; a deadline that a user gave also
// needs the wall clock to agree.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Deadline, EndsATaskThatStillWaits) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 1'000));

  t.pass(999ms);
  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_THAT(t.pass(1ms), IsEmpty()) << "nobody has to stop";

  EXPECT_EQ(t.store.status(id).state, task_state::expired);
  EXPECT_EQ(t.store.status(id).code, errc::expired);
  EXPECT_EQ(t.store.history(id), "submit expire");
}

TEST(Deadline, EndsATaskThatRunsAndTellsItsOwner) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 1'000));
  const auto task = t.run(id);

  const auto stops = t.pass(1s);

  ASSERT_EQ(stops.size(), 1U);
  EXPECT_EQ(stops[0].owner, t.a);
  EXPECT_EQ(stops[0].task, task);
  EXPECT_EQ(stops[0].why, errc::expired);
  EXPECT_EQ(t.state(id), task_state::expired);
  EXPECT_EQ(t.succeed(task), outcome_verdict::discarded);
}

TEST(Deadline, EndsABackoffAndAWaitForOthers) {
  table_story t;
  const auto ids = t.add_all({work("a").retries(9, milliseconds{50'000}), work("b").after({"a"}).deadline(noon + 9'000),
                              work("c").retries(9, milliseconds{50'000}).deadline(noon + 9'000)});
  t.fail(t.run(ids[0]));
  t.fail(t.run(ids[2]));

  t.pass(9s);

  EXPECT_EQ(states(t, ids), "backoff expired expired");
}

TEST(Deadline, WaitsUntilTheWallClockAgrees) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 10'000));
  t.at.wall -= 3'600'000;  // somebody set the clock back by an hour

  t.pass(10s);
  EXPECT_EQ(t.state(id), task_state::pending);

  t.at.wall += 3'600'000;
  t.pass(1h);
  EXPECT_EQ(t.state(id), task_state::expired);
}

TEST(Deadline, IsNotPassedByAWallClockThatJumpsAhead) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 10'000));
  t.at.wall += 3'600'000;

  t.pass(9s);
  EXPECT_EQ(t.state(id), task_state::pending) << "the monotonic clock has not come";

  t.pass(1s);
  EXPECT_EQ(t.state(id), task_state::expired);
}

TEST(Deadline, InTheYear9999DoesNotOverflow) {
  table_story t;
  const auto id = t.add(work().deadline(253'402'300'799'999).not_before(253'402'300'700'000));

  for (int year = 0; year < 3; ++year) t.pass(24h * 366);

  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_EQ(t.view(id).reason, pending_reason::not_before);
}

TEST(Deadline, OfAnEndedTaskIsOver) {
  table_story t;
  const auto id = t.add(work().deadline(noon + 1'000));
  t.succeed(t.run(id));

  EXPECT_THAT(t.pass(2s), IsEmpty());

  EXPECT_EQ(t.state(id), task_state::succeeded);
}

TEST(NotBefore, HoldsATaskBackUntilItsTime) {
  table_story t;
  const auto id = t.add(work().not_before(noon + 500));
  EXPECT_EQ(t.view(id).reason, pending_reason::not_before);
  EXPECT_THAT(t.newly_ready(), IsEmpty());

  t.pass(499ms);
  EXPECT_FALSE(t.ready(id));
  t.pass(1ms);

  EXPECT_THAT(t.newly_ready(), ElementsAre(id));
  EXPECT_EQ(t.store.history(id), "submit") << "nothing durable changes";
}

TEST(NotBefore, CountsFromTheLastDependencyOn) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"}).not_before(noon + 500)});

  t.succeed(t.run(ids[0]));
  EXPECT_FALSE(t.ready(ids[1]));
  EXPECT_EQ(t.view(ids[1]).reason, pending_reason::not_before);

  t.pass(500ms);
  EXPECT_TRUE(t.ready(ids[1]));
}

TEST(NotBefore, DoesNotHoldAnAttemptThatIsTakenBack) {
  table_story t;
  const auto id = t.add(work().not_before(noon + 500));
  t.pass(500ms);

  t.give_back(t.grant(id));

  EXPECT_TRUE(t.ready(id));
}

TEST(NextDeadline, IsTheEarliestOfEveryClock) {
  table_story t(task_table_config{.terminal_memory = 100s});
  EXPECT_EQ(t.table.next_deadline(), std::nullopt);

  const auto ids = t.add_all({work(), work().not_before(noon + 50'000), work().deadline(noon + 40'000), work()});
  EXPECT_EQ(t.table.next_deadline(), t.at.now + 40s);
  t.succeed(t.run(ids[3]));
  const auto task = t.grant(ids[0]);
  EXPECT_EQ(t.table.next_deadline(), t.at.now + 17s);
  t.skip(2s);
  t.renew({task}, t.a);
  EXPECT_EQ(t.table.next_deadline(), t.at.now + 17s);
  t.succeed(task);
  EXPECT_EQ(t.table.next_deadline(), t.at.now + 38s);
  ASSERT_TRUE(t.cancel(ids[2]));
  EXPECT_EQ(t.table.next_deadline(), t.at.now + 48s);
  ASSERT_TRUE(t.cancel(ids[1]));
  EXPECT_EQ(t.table.next_deadline(), t.at.now + 98s) << "the oldest ended task is to be forgotten";
}

TEST(WaitingReason, IsNotedForReadyTasksAlone) {
  table_story t;
  const auto ids = t.add_all({work("a"), work("b").after({"a"})});

  for (const auto& id : ids) t.table.note_waiting(*t.table.slot_of(id), pending_reason::capacity);

  EXPECT_EQ(t.view(ids[0]).reason, pending_reason::capacity);
  EXPECT_EQ(t.view(ids[1]).reason, pending_reason::dependencies);
  const auto task = t.grant(ids[0]);
  EXPECT_EQ(t.view(ids[0]).reason, pending_reason::none);
  t.give_back(task);
  EXPECT_EQ(t.view(ids[0]).reason, pending_reason::none);
}

}  // namespace
}  // namespace dunlin
