// SPDX-License-Identifier: Apache-2.0
// T5, T7, T8 and their repeats: a result is recorded at most once, and only the newest attempt's.
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using enum outcome_verdict;

TEST(TaskOutcome, ASuccessIsKeptWithItsOutputAndUsage) {
  table_story t;
  const auto id = t.add();
  auto outcome = t.outcome_of(t.run(id));
  outcome.output = bytes_of("result");
  outcome.usage = {1, 2, 3, 4};
  t.skip(2s);

  EXPECT_EQ(t.end(outcome), recorded);

  const auto& kept = t.store.status(id);
  EXPECT_EQ(kept.state, task_state::succeeded);
  EXPECT_EQ(kept.output, bytes_of("result"));
  EXPECT_EQ(kept.usage, outcome.usage);
  EXPECT_EQ(kept.started, noon);
  EXPECT_EQ(kept.finished, noon + 2'000);
  EXPECT_EQ(kept.code, errc::none);
}

TEST(TaskOutcome, OfATaskWhoseStartWasNeverHeardTellsWhenItStarted) {
  table_story t;
  const auto id = t.add();
  auto outcome = t.outcome_of(t.grant(id));
  outcome.usage.run_ns = 300'000'000;
  t.skip(1s);

  EXPECT_EQ(t.end(outcome), recorded);

  EXPECT_EQ(t.view(id).started, noon + 700);
  EXPECT_EQ(t.store.history(id), "submit grant succeed");
}

TEST(TaskOutcome, ARepeatedSuccessIsAcknowledgedAndWritesNothing) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);
  t.succeed(task, "first");

  EXPECT_EQ(t.succeed(task, "second"), recorded);

  EXPECT_EQ(t.store.status(id).output, bytes_of("first"));
  EXPECT_EQ(t.store.history(id), "submit grant start succeed");
  EXPECT_EQ(t.table.counts().discarded, 0U);
}

TEST(TaskOutcome, AfterAnotherEndIsDiscarded) {
  table_story t;
  const auto ids = t.add_all({work(), work()});
  const auto failed = t.run(ids[0]);
  const auto done = t.run(ids[1]);
  t.fail(failed);
  t.succeed(done);

  EXPECT_EQ(t.succeed(failed), discarded);
  EXPECT_EQ(t.fail(done), discarded);

  EXPECT_EQ(states(t, ids), "failed succeeded");
  EXPECT_EQ(t.table.counts().discarded, 2U);
}

TEST(TaskOutcome, OfAnUnknownTaskIsDiscarded) {
  table_story t;

  EXPECT_EQ(t.succeed({task_id{4, 5}, make_epoch(7, 1)}), discarded);
  EXPECT_EQ(t.table.counts().discarded, 1U);
}

TEST(TaskOutcome, OfAnOlderEpochIsFencedAndCounted) {
  table_story t;
  const auto id = t.add();
  const auto old = t.run(id);
  t.give_back(old);
  t.grant(id, t.b);

  EXPECT_EQ(t.succeed(old, "stale"), fenced);
  EXPECT_EQ(t.crash(old), fenced);

  EXPECT_EQ(t.state(id), task_state::leased);
  EXPECT_EQ(t.table.counts().fenced, 2U);
  EXPECT_EQ(t.view(id).crash_count, 0U);
}

TEST(TaskOutcome, OfAnEpochThatWasNeverGivenIsRefused) {
  table_story t;
  const auto granted = t.add();
  const auto untouched = t.add();
  const auto task = t.run(granted);

  EXPECT_EQ(t.succeed({granted, task.epoch + 1}), fenced);
  EXPECT_EQ(t.succeed({untouched, 0}), fenced);

  EXPECT_EQ(t.state(granted), task_state::running);
  EXPECT_EQ(t.state(untouched), task_state::pending);
  EXPECT_EQ(t.table.counts().fenced, 0U) << "only older epochs are counted";
}

TEST(TaskOutcome, CountsWhoeverBringsIt) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);

  EXPECT_EQ(t.table.on_outcome(t.b, t.outcome_of(task), t.at, t.open), recorded);

  EXPECT_EQ(t.state(id), task_state::succeeded);
  t.release();
}

TEST(TaskOutcome, ALateSuccessCountsWhileThereIsNoNewerGrant) {
  table_story t;
  const auto id = t.add();
  const auto task = t.run(id);
  t.pass(17s);
  ASSERT_EQ(t.state(id), task_state::pending);

  EXPECT_EQ(t.succeed(task, "late"), recorded);

  EXPECT_EQ(t.store.status(id).output, bytes_of("late"));
  EXPECT_FALSE(t.ready(id));
  EXPECT_EQ(t.store.history(id), "submit grant start lease_lost succeed");
}

TEST(TaskOutcome, ALateSuccessEndsABackoff) {
  table_story t;
  const auto id = t.add(work().retries(2));
  const auto task = t.run(id);
  t.fail(task);

  EXPECT_EQ(t.succeed(task), recorded);

  t.pass(1min);
  EXPECT_EQ(t.state(id), task_state::succeeded);
  EXPECT_EQ(t.store.history(id), "submit grant start fail succeed");
}

TEST(TaskOutcome, ALateFailureDoesNotCount) {
  table_story t;
  const auto id = t.add(work().retries(2));
  const auto task = t.run(id);
  t.pass(17s);

  EXPECT_EQ(t.fail(task), discarded);
  EXPECT_EQ(t.crash(task), discarded);

  EXPECT_EQ(t.state(id), task_state::pending);
  EXPECT_EQ(t.view(id).fail_count, 0U);
  EXPECT_EQ(t.view(id).crash_count, 1U) << "of the lost lease alone";
}

TEST(TaskRetry, WaitsAsItsPolicySaysWithinTheJitter) {
  for (std::uint32_t term = 1; term <= 20; ++term) {
    table_story t({}, term);
    const auto id = t.add(work().retries(10, milliseconds{1'000}));
    for (const auto& [shortest, longest] : {std::pair{500, 1'500}, {1'000, 3'000}, {2'000, 6'000}}) {
      t.fail(t.run(id));
      const auto wait = t.view(id).not_before - t.at.wall;
      EXPECT_GE(wait, shortest);
      EXPECT_LE(wait, longest);
      t.pass(milliseconds{wait});
      ASSERT_TRUE(t.ready(id));
    }
  }
}

TEST(TaskRetry, IsReadyWhenItsBackoffIsOverAndNotBefore) {
  table_story t;
  const auto id = t.add(work().retries(1));
  t.fail(t.run(id));
  const auto wait = milliseconds{t.view(id).not_before - t.at.wall};

  t.pass(wait - 2ms);
  EXPECT_EQ(t.state(id), task_state::backoff);
  t.pass(2ms);

  EXPECT_TRUE(t.ready(id));
  EXPECT_EQ(t.view(id).not_before, 0);
  EXPECT_EQ(t.store.history(id), "submit grant start fail resume");
}

TEST(TaskRetry, EndsWhenItsRetriesAreSpent) {
  table_story t;
  const auto id = t.add(work().retries(2));

  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(t.fail(t.run(id)), recorded);
    EXPECT_EQ(t.state(id), task_state::backoff);
    t.pass(10s);
  }
  EXPECT_EQ(t.fail(t.run(id)), recorded);

  const auto& kept = t.store.status(id);
  EXPECT_EQ(kept.state, task_state::failed);
  EXPECT_EQ(kept.code, errc::handler_failed);
  EXPECT_EQ(kept.why, "it went wrong");
  EXPECT_EQ(kept.fail_count, 3U);
  EXPECT_EQ(kept.attempt, 3U);
  EXPECT_EQ(t.store.history(id), "submit grant start fail resume grant start fail resume grant start fail_last");
}

TEST(TaskRetry, KeepsTheLastFailureInSight) {
  table_story t;
  const auto id = t.add(work().retries(1));

  t.fail(t.run(id), errc::timeout);

  EXPECT_EQ(t.view(id).code, errc::timeout);
  EXPECT_EQ(t.view(id).why, "it went wrong");
}

TEST(TaskRetry, IsNotTriedWhereItCouldNotEndOtherwise) {
  for (const auto code : {errc::invalid_argument, errc::unknown_kind, errc::infeasible, errc::not_allowed,
                          errc::output_too_large, errc::not_supported}) {
    table_story t;
    const auto id = t.add(work().retries(5));

    t.fail(t.run(id), code);

    EXPECT_EQ(t.state(id), task_state::failed) << to_string(code);
    EXPECT_EQ(t.view(id).code, code);
  }
}

TEST(TaskRetry, ATimeoutIsTriedAgain) {
  table_story t;
  const auto id = t.add(work().retries(1));

  t.fail(t.run(id), errc::timeout);

  EXPECT_EQ(t.state(id), task_state::backoff);
}

TEST(TaskRetry, ALongReasonIsCutBetweenCharacters) {
  table_story t;
  const auto id = t.add();
  auto outcome = t.outcome_of(t.run(id), errc::handler_failed);
  for (int i = 0; i < 4'000; ++i) outcome.why += "ä";  // two bytes each

  t.end(outcome);

  const auto& why = t.store.status(id).why;
  EXPECT_LE(why.size(), 4'096U);
  EXPECT_GE(why.size(), 4'095U);
  EXPECT_EQ(static_cast<unsigned char>(why.back()), 0xa4U);
}

TEST(TaskOutcome, SaidToBeExpiredEndsATaskWithADeadlineAlone) {
  table_story t;
  const auto with = t.add(work().deadline(noon + 5'000).retries(3));
  const auto without = t.add(work().retries(3));

  t.fail(t.run(with), errc::expired);
  t.fail(t.run(without), errc::expired);

  EXPECT_EQ(t.state(with), task_state::expired);
  EXPECT_EQ(t.state(without), task_state::failed);
}

}  // namespace
}  // namespace dunlin
