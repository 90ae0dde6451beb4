// SPDX-License-Identifier: Apache-2.0
// How tasks end before their handler does: cancel, timeout, abandonment, drain, restart.
#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(NodeCancel, OfAWaitingTaskEndsItAtOnce) {
  node_story t;
  t.agent();
  t.grant({task(1), task(2)});
  const auto first = t.only_start();

  t.cancel(task(2));

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.id, task(2).id);
  EXPECT_EQ(outcome.code, errc::cancelled);
  EXPECT_EQ(t.dispatch.queued(), 0U);
  EXPECT_THAT(t.stops, IsEmpty());
  t.finish(first);
  EXPECT_THAT(t.starts(), IsEmpty()) << "it never begins";
}

TEST(NodeCancel, OfARunningTaskAsksItsAgentToStop) {
  node_story t;
  const auto who = t.agent();
  t.grant({task(1)});
  const auto start = t.only_start();

  t.cancel(task(1));
  t.cancel(task(1), errc::expired);

  ASSERT_THAT(t.stops, SizeIs(1)) << "asked once";
  EXPECT_EQ(t.stops[0].agent, who);
  EXPECT_EQ(t.stops[0].task, task(1));
  EXPECT_EQ(t.stops[0].why, errc::cancelled);
  EXPECT_THAT(t.outcomes(), IsEmpty());
  t.finish(start, errc::handler_failed);
  EXPECT_EQ(t.only_outcome().code, errc::cancelled) << "what the handler says of its stop is not the reason";
}

TEST(NodeCancel, ASuccessThatIsFirstIsASuccess) {
  node_story t;
  t.agent();
  t.grant({task(1)});
  const auto start = t.only_start();
  t.cancel(task(1));

  t.finish(start);

  EXPECT_EQ(t.only_outcome().code, errc::none);
}

TEST(NodeCancel, OfAnEpochStopsWhatIsNotNewer) {
  node_story t;
  t.agent();
  t.grant({task(1, 5), task(2, 5)});

  t.cancel(task(1, 4), errc::fenced_off);
  t.cancel(task(2, 4), errc::fenced_off);
  EXPECT_THAT(t.stops, IsEmpty());
  EXPECT_EQ(t.dispatch.queued(), 1U);

  t.cancel(task(1, 6), errc::fenced_off);
  t.cancel(task(2, 6), errc::fenced_off);
  EXPECT_THAT(t.stops, SizeIs(1));
  EXPECT_EQ(t.dispatch.queued(), 0U);
}

TEST(NodeCancel, OfAStrangerIsIgnored) {
  node_story t;
  t.agent();
  t.grant({task(1)});

  t.cancel(task(7));

  EXPECT_THAT(t.stops, IsEmpty());
  EXPECT_THAT(t.outcomes(), IsEmpty());
}

TEST(NodeCancel, TheNextTaskIsNotStoppedByTheLastOnesCancel) {
  node_story t;
  t.agent();
  t.grant({task(1), task(2)});
  t.cancel(task(1));
  t.finish(t.only_start(), errc::cancelled);
  t.outcomes();

  t.finish(t.only_start(), errc::handler_failed);

  EXPECT_EQ(t.only_outcome().code, errc::handler_failed);
}

TEST(NodeCancel, AnAgentThatDiesOfItsStopHasNotCrashed) {
  node_story t;
  const auto who = t.agent();
  t.grant({task(1)});
  t.cancel(task(1), errc::expired);

  t.die(who);

  const auto outcome = t.only_outcome();
  EXPECT_FALSE(outcome.crashed);
  EXPECT_EQ(outcome.code, errc::expired);
}

TEST(NodeTimeout, AHandlerIsAskedToStopAtItsTimeout) {
  node_story t;
  t.agent();
  t.grant({task(1)}, work().timeout(milliseconds{2'000}));
  const auto start = t.only_start();

  t.pass(1'900ms);
  EXPECT_THAT(t.stops, IsEmpty());
  t.pass(100ms);

  ASSERT_THAT(t.stops, SizeIs(1));
  EXPECT_EQ(t.stops[0].why, errc::timeout);
  t.finish(start, errc::cancelled);
  EXPECT_EQ(t.only_outcome().code, errc::timeout);
}

TEST(NodeTimeout, CountsFromTheStartOfTheHandler) {
  node_story t;
  t.agent();
  t.grant({task(1), task(2)}, work().timeout(milliseconds{2'000}));
  const auto first = t.only_start();
  t.pass(1'500ms);
  t.finish(first);
  t.starts();

  t.pass(1'500ms);

  EXPECT_THAT(t.stops, IsEmpty());
}

TEST(NodeTimeout, AHandlerThatIgnoresItIsAbandoned) {
  node_story t({.stop_patience = 1s});
  const auto who = t.agent();
  t.grant({task(1), task(2)}, work().timeout(milliseconds{2'000}));
  const auto start = t.only_start();
  t.pass(2'900ms);
  EXPECT_THAT(t.abandoned, IsEmpty());

  t.pass(100ms);

  ASSERT_THAT(t.abandoned, SizeIs(1));
  EXPECT_EQ(t.abandoned[0].agent, who);
  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::timeout);
  EXPECT_FALSE(outcome.crashed);
  EXPECT_THAT(outcome.why, HasSubstr("'work' ignored its cancel for 1000 ms and was abandoned"));
  EXPECT_EQ(outcome.usage.run_ns, 3'000'000'000U);
  EXPECT_EQ(t.dispatch.stuck_handlers(), 1U);
  EXPECT_EQ(t.dispatch.running(), 0U);
  t.finish(start);
  EXPECT_THAT(t.outcomes(), IsEmpty()) << "it comes back too late";
  t.agent();
  EXPECT_EQ(t.only_start().order.task, task(2)) << "the next agent takes what waited";
}

TEST(NodeTimeout, AProcessIsKilledAndNeverAbandoned) {
  node_story t;
  t.agent("work", isolation_mode::process);
  t.grant({task(1)}, work().timeout(milliseconds{100}));

  t.pass(10s);

  EXPECT_THAT(t.stops, SizeIs(1));
  EXPECT_THAT(t.abandoned, IsEmpty());
  EXPECT_EQ(t.dispatch.running(), 1U) << "until it is reaped";
}

TEST(NodeTimeout, ThreeStuckHandlersRestartTheNode) {
  node_story t({.stuck_limit = 3});
  t.agents(4);
  t.grant({task(1), task(2)}, work().timeout(milliseconds{100}));
  t.pass(2s);
  EXPECT_EQ(t.dispatch.stuck_handlers(), 2U);
  EXPECT_THAT(t.restarts, IsEmpty());

  t.grant({task(3), task(4), task(5)}, work().timeout(milliseconds{100}));
  t.pass(2s);

  ASSERT_THAT(t.restarts, SizeIs(1));
  EXPECT_EQ(t.restarts[0].why, "3 handlers are stuck");
  EXPECT_TRUE(t.dispatch.draining());
  const auto back = t.heard<return_batch>();
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_THAT(back[0].tasks, ElementsAre(task(5)));
  EXPECT_EQ(t.times_drained, 0) << "it does not leave for good";
}

TEST(NodeDrain, ReturnsWhatWaitsAndLetsTheRestFinish) {
  node_story t;
  t.agent();
  t.grant({task(1), task(2), task(3)});
  const auto first = t.only_start();

  t.drain();

  const auto back = t.heard<return_batch>();
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_THAT(back[0].tasks, testing::UnorderedElementsAre(task(2), task(3)));
  EXPECT_THAT(t.stops, IsEmpty());
  EXPECT_THAT(t.dispatch.held(), ElementsAre(task(1)));
  EXPECT_EQ(t.times_drained, 0);
  t.finish(first);
  EXPECT_EQ(t.only_outcome().code, errc::none);
  EXPECT_EQ(t.times_drained, 1);
}

TEST(NodeDrain, ReturnsWhatComesLater) {
  node_story t;
  t.agents(2);
  t.drain();

  t.grant({task(1)});

  EXPECT_THAT(t.heard<return_batch>().at(0).tasks, ElementsAre(task(1)));
  EXPECT_THAT(t.starts(), IsEmpty());
}

TEST(NodeDrain, IsOverOnceAndAtOnceIfNothingRuns) {
  node_story t;
  t.agent();

  t.drain();
  t.drain();
  t.pass(1s);

  EXPECT_EQ(t.times_drained, 1);
}

TEST(NodeDrain, TheLastOutcomeIsSaidBeforeTheEnd) {
  node_story t;
  const auto who = t.agent();
  t.grant({task(1)});
  t.drain();
  node_effects out;

  t.dispatch.on_agent_down(who, "its thread ended", t.now, out);

  ASSERT_THAT(out, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<outcome_batch>(std::get<tell_leader>(out[0]).message));
  EXPECT_TRUE(std::holds_alternative<drained>(out[1]));
}

TEST(NodeDrain, ALongListGoesInParts) {
  node_story t({.max_concurrent = 1});
  t.agent();
  std::vector<task_epoch> tasks;
  for (std::uint64_t i = 1; i <= 2'049; ++i) tasks.push_back(task(i));
  t.grant(tasks);

  t.drain();

  const auto back = t.heard<return_batch>();
  ASSERT_THAT(back, SizeIs(2));
  EXPECT_THAT(back[0].tasks, SizeIs(1'024));
  EXPECT_THAT(back[1].tasks, SizeIs(1'024));
}

}  // namespace
}  // namespace dunlin
