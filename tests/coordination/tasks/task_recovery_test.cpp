// SPDX-License-Identifier: Apache-2.0
// T13 and the way back from stored records: a new leader, or the same one restarted, goes on where the store stands.
#include "tests/coordination/tasks/successor.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Recovery, EveryStateIsWhatItWas) {
  table_story before(task_table_config{.crash_limit = 1});
  const auto ids = before.add_all({work(), work(), work(), work().retries(9, milliseconds{60'000}), work(), work(),
                                   work(), work().deadline(noon + 5), work()});
  before.grant(ids[1]);
  before.run(ids[2]);
  before.fail(before.run(ids[3]));
  before.succeed(before.run(ids[4]));
  before.fail(before.run(ids[5]));
  ASSERT_TRUE(before.cancel(ids[6]));
  before.pass(5ms);
  before.crash(before.run(ids[8]));
  const auto all = states(before, ids);
  EXPECT_EQ(all, "pending leased running backoff succeeded failed cancelled expired dead");

  successor after(before, task_table_config{.crash_limit = 1});

  EXPECT_EQ(states(after, ids), all);
  EXPECT_EQ(after.table.counts().live, 4U);
  EXPECT_EQ(after.table.counts().terminal, 5U);
  EXPECT_THAT(after.newly_ready(), ElementsAre(ids[0]));
  after.expect_consistent();
}

TEST(Recovery, EqualTasksAreAnnouncedInTheOrderOfSubmission) {
  table_story before;
  const auto ids = before.add_all({work(), work(), work(), work()});

  successor after(before);

  EXPECT_EQ(after.newly_ready(), ids);
}

TEST(Recovery, ATaskRunsWithWhatWasStoredOfIt) {
  table_story before;
  const auto id = before.add(work("a").payload("input").priority(9).retries(3));
  const auto task = before.grant(id);
  before.checkpoint(task, "half");
  before.progress(task, 40);
  before.give_back(task);

  successor after(before);
  EXPECT_EQ(after.view(id).name, "a");
  EXPECT_EQ(after.view(id).progress.percent, 40);
  const auto grant = after.try_grant(id, after.b);

  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->payload, bytes_of("input"));
  EXPECT_EQ(grant->checkpoint, bytes_of("half"));
  EXPECT_EQ(grant->priority, 9);
  EXPECT_EQ(grant->attempt, 2U);
  EXPECT_EQ(grant->epoch, make_epoch(8, 1)) << "a new term begins its own count";
}

TEST(Recovery, WithinOneTermEpochsGoOn) {
  table_story before;
  const auto id = before.add();
  before.give_back(before.grant(id));
  before.give_back(before.grant(id));
  table_story after({}, before.table.term());
  ASSERT_TRUE(after.table.restore(task_record{before.store.at(id)}, after.at));
  after.table.finish_restore(after.at, after.open);
  after.store = before.store;

  EXPECT_EQ(after.grant(id).epoch, make_epoch(7, 3));
}

TEST(Recovery, ARecordOfANewerTermIsRefused) {
  table_story before({}, 9);
  const auto id = before.add();
  before.grant(id);
  table_story after({}, 8);

  const auto answer = after.table.restore(task_record{before.store.at(id)}, after.at);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::stale_term);
  EXPECT_FALSE(after.table.find(id));
}

TEST(Recovery, ATaskThatIsKnownIsRefused) {
  table_story t;
  const auto id = t.add();

  EXPECT_EQ(t.table.restore(task_record{t.store.at(id)}, t.at).error().code, errc::conflict);
}

TEST(Adoption, ANodeThatReportsKeepsItsTasksAndTheirEpochs) {
  table_story before;
  const auto ids = before.add_all({work(), work()});
  const auto leased = before.grant(ids[0]);
  const auto running = before.run(ids[1]);
  successor after(before);

  EXPECT_THAT(after.adopt({leased, running}, after.a), IsEmpty());

  EXPECT_EQ(after.table.counts().adopted, 2U);
  EXPECT_EQ(after.view(ids[0]).epoch, leased.epoch);
  after.pass(16s);
  EXPECT_EQ(states(after, ids), "leased running") << "a whole lease from the report on";
  EXPECT_EQ(after.succeed(running), outcome_verdict::recorded);
}

TEST(Adoption, WhoDoesNotReportInTheWindowLosesThem) {
  table_story before;
  const auto id = before.add();
  before.run(id);
  successor after(before, task_table_config{.adoption_window = 15s});

  after.pass(15s - 1ms);
  EXPECT_EQ(after.state(id), task_state::running);
  after.pass(1ms);

  EXPECT_EQ(after.state(id), task_state::pending);
  EXPECT_EQ(after.view(id).crash_count, 1U);
  EXPECT_EQ(after.table.counts().adopted, 0U);
}

TEST(Adoption, RebindsATaskToTheLifeThatReportsIt) {
  table_story before;
  const auto id = before.add();
  const auto task = before.run(id);
  successor after(before);
  const auto other = after.table.intern_owner("a", incarnation{77});

  after.adopt({task}, other);

  EXPECT_EQ(after.view(id).owner, other);
  EXPECT_THAT(after.renew({task}, other), IsEmpty());
  EXPECT_THAT(after.renew({task}, after.a), ElementsAre(task));
}

TEST(Adoption, OfOlderEpochsAndOfWhatIsNotGrantedIsFenced) {
  table_story t;
  const auto ids = t.add_all({work(), work(), work()});
  const auto old = t.run(ids[0]);
  t.give_back(old);
  t.grant(ids[0], t.b);
  const auto ended = t.run(ids[1]);
  t.succeed(ended);
  const auto pending = t.run(ids[2]);
  t.pass(17s);
  const task_epoch unknown{task_id{9, 9}, 1};

  EXPECT_THAT(t.adopt({old, ended, pending, unknown}, t.a), ElementsAre(old, ended, pending, unknown));
  EXPECT_EQ(t.table.counts().adopted, 0U);
}

TEST(Adoption, ALongWindowHoldsUpNoShorterLease) {
  table_story before;
  const auto old = before.add();
  before.run(old);
  successor after(before, task_table_config{.adoption_window = 60s});
  const auto fresh = after.add();
  after.grant(fresh);

  after.pass(17s);

  EXPECT_EQ(states(after, {old, fresh}), "running pending");
}

TEST(Recovery, ABackoffWaitsForWhatIsLeftOfIt) {
  table_story before;
  const auto id = before.add(work().retries(1, milliseconds{10'000}));
  before.fail(before.run(id));
  const auto wait = milliseconds{before.view(id).not_before - before.at.wall};
  successor after(before, {}, 1s);

  after.pass(wait - 1'002ms);
  EXPECT_EQ(after.state(id), task_state::backoff);
  after.pass(2ms);

  EXPECT_TRUE(after.ready(id));
}

TEST(Recovery, AWrongWallClockStretchesABackoffNoFurtherThanThePolicy) {
  table_story before;
  const auto id = before.add(work().retries(1, milliseconds{10'000}).with([](task_spec& spec) {
    spec.shape.retry.max_delay = milliseconds{10'000};
  }));
  before.fail(before.run(id));
  before.at.wall -= 3'600'000;
  successor after(before);

  after.pass(15s);

  EXPECT_EQ(after.state(id), task_state::pending);
}

TEST(Recovery, DeadlinesAndTimesRunOn) {
  table_story before;
  const auto ids = before.add_all({work().deadline(noon + 10'000), work().not_before(noon + 5'000)});
  successor after(before, {}, 1s);
  EXPECT_FALSE(after.ready(ids[1]));

  after.pass(4s);
  EXPECT_TRUE(after.ready(ids[1]));
  after.pass(5s);

  EXPECT_EQ(after.state(ids[0]), task_state::expired);
}

TEST(Recovery, ADeadlineThatPassedMeanwhileEndsTheTask) {
  table_story before;
  const auto id = before.add(work().deadline(noon + 1'000));
  successor after(before, {}, 1min);

  after.pass(0s);

  EXPECT_EQ(after.state(id), task_state::expired);
}

TEST(Recovery, DependenciesAreLinkedAnew) {
  table_story before;
  const auto ids = before.add_all({work("a"), work("b").after({"a"}), work("c").after({"b"}), work("d").after({"a"})});
  before.succeed(before.run(ids[0]));
  successor after(before);
  EXPECT_THAT(after.newly_ready(), ElementsAre(ids[1], ids[3]));

  after.fail(after.run(ids[1]));

  EXPECT_EQ(states(after, ids), "succeeded failed failed pending");
}

TEST(Recovery, ADependencyThatWasForgottenHadSucceeded) {
  table_story before;
  const auto ids = before.add_all({work("a"), work("b").after({"a"})});
  before.succeed(before.run(ids[0]));
  ASSERT_TRUE(before.erase(ids[0]));

  successor after(before);

  EXPECT_TRUE(after.ready(ids[1]));
}

TEST(Recovery, ADependentThatShouldHaveFailedFailsNow) {
  table_story before;
  const auto ids = before.add_all({work("a"), work("b").after({"a"}), work("c").after({"b"})});
  auto a = before.store.at(ids[0]);
  a.status.state = task_state::failed;
  a.status.code = errc::timeout;
  table_story after({}, 8);
  for (const auto& record : {before.store.at(ids[2]), a, before.store.at(ids[1])})
    ASSERT_TRUE(after.table.restore(task_record{record}, after.at));

  after.table.finish_restore(after.at, after.open);

  EXPECT_EQ(states(after, ids), "failed failed failed");
  EXPECT_EQ(after.open.writes.size(), 2U);
  const auto& why = std::get<update_task>(after.open.writes[0]).status.why;
  EXPECT_THAT(why, HasSubstr("failed: timeout"));
  after.open.writes.clear();
  after.hold();
}

TEST(Recovery, ACancelThatWasAskedForIsRemembered) {
  table_story before;
  const auto id = before.add();
  before.run(id);
  ASSERT_TRUE(before.cancel(id));
  successor after(before);

  after.pass(15s);

  EXPECT_EQ(after.state(id), task_state::cancelled);
}

TEST(Recovery, EndedTasksAreForgottenInTheirOldOrder) {
  table_story before;
  const auto ids = before.add_all({work(), work()});
  before.succeed(before.run(ids[1]));
  before.skip(10s);
  before.succeed(before.run(ids[0]));
  successor after(before, task_table_config{.terminal_memory = 60s}, 1s);

  after.pass(49s);
  EXPECT_FALSE(after.table.find(ids[1]));
  EXPECT_TRUE(after.table.find(ids[0]));
  after.pass(10s);

  EXPECT_TRUE(after.store.all().empty());
}

}  // namespace
}  // namespace dunlin
