// SPDX-License-Identifier: Apache-2.0
// Handlers that misbehave in this process: the task fails in words, the node goes on.
#include <atomic>
#include <stdexcept>

#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using ::testing::HasSubstr;

/// Both kinds of isolation that share the node's process.
class HandlerFailure : public NodeFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  task_outcome run(const std::string& payload) { return rig_->run(GetParam(), payload); }

  std::unique_ptr<node_rig> rig_ = start();
};

INSTANTIATE_TEST_SUITE_P(InProcess, HandlerFailure, ::testing::Values("work", "quick"),
                         [](const auto& kind) { return std::string{kind.param}; });

TEST_P(HandlerFailure, AnExceptionFailsTheTaskWithItsText) {
  EXPECT_THAT(run("throw the pivot is zero"), FailsWith(errc::handler_threw, "the pivot is zero"));
  EXPECT_THAT(run("echo still here"), Succeeds("still here"));
}

TEST_P(HandlerFailure, SomethingElseThatIsThrownFailsTheTask) {
  EXPECT_THAT(run("throw-number"), FailsWith(errc::handler_threw, "no std::exception"));
  EXPECT_THAT(run("echo still here"), Succeeds("still here"));
}

TEST_P(HandlerFailure, ATextThatIsNoTextReachesTheLeaderAllTheSame) {
  EXPECT_THAT(run("throw odd \xff byte"), FailsWith(errc::handler_threw, "odd \\xff byte"));
  EXPECT_THAT(run("fail odd \xff byte"), FailsWith(errc::invalid_argument, "odd \\xff byte"));
}

TEST_P(HandlerFailure, ALongTextIsCutBetweenTwoCharacters) {
  std::string text;
  while (text.size() < 9'000) text += "€";

  EXPECT_THAT(run("throw " + text), FailsWith(errc::handler_threw, text.substr(0, 3'999)));
}

TEST_P(HandlerFailure, AnErrorKeepsItsCodeAndHint) {
  EXPECT_THAT(run("fail seven is odd"), FailsWith(errc::invalid_argument, "seven is odd"));
  EXPECT_THAT(run("fail seven is odd"), FailsWith(errc::invalid_argument, "try an even number"));
}

TEST_P(HandlerFailure, AResultOverTheLimitIsNotSent) {
  const auto outcome = run("huge");

  EXPECT_THAT(outcome, FailsWith(errc::output_too_large, "196609"));
  EXPECT_TRUE(outcome.output.empty());
}

// -- handlers that do not return

class StuckHandler : public NodeFixture {
 protected:
  StuckHandler() { rig_ = start(impatient()); }

  /// A handler that neither returns nor looks at its cancel.
  task_outcome hang() {
    grant_options task;
    task.payload = "hang";
    task.timeout = milliseconds{30};
    return rig_->run(task);
  }

  std::unique_ptr<node_rig> rig_;
};

TEST_F(StuckHandler, IsAbandonedAndItsTaskTimesOut) { EXPECT_THAT(hang(), FailsWith(errc::timeout, "abandoned")); }

TEST_F(StuckHandler, LeavesTheNodeAsManyAgentsAndThreadsAsBefore) {
  ASSERT_THAT(hang(), FailsWith(errc::timeout, ""));
  ASSERT_THAT(hang(), FailsWith(errc::timeout, ""));

  grant_options task;
  task.payload = "echo alive";
  const auto first = rig_->grant(task), second = rig_->grant(task);
  EXPECT_THAT(rig_->leader->outcome_of(first), Succeeds("alive"));
  EXPECT_THAT(rig_->leader->outcome_of(second), Succeeds("alive"));
}

TEST_F(StuckHandler, IsCountedInTheHeartbeat) {
  ASSERT_THAT(hang(), FailsWith(errc::timeout, ""));

  EXPECT_TRUE(rig_->leader->until([](const auto& all) { return all.beats.back().stuck_handlers == 1; }));
}

TEST_F(StuckHandler, ThatReturnsLateChangesNothing) {
  grant_options task;
  task.payload = "hang";
  task.timeout = milliseconds{30};
  const auto late = rig_->grant(task);
  ASSERT_THAT(rig_->leader->outcome_of(late), FailsWith(errc::timeout, ""));

  hung.open();
  ASSERT_TRUE(hung.wait_for_quiet());

  EXPECT_THAT(rig_->run("work", "echo next"), Succeeds("next"));
  EXPECT_EQ(rig_->leader->look([&](const auto& all) { return all.outcomes.at(late).size(); }), 1U);
}

TEST_F(StuckHandler, TheThirdOneBreaksTheNode) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(hang(), FailsWith(errc::timeout, ""));

  EXPECT_THAT(rig_->events->wait_broken(), HasSubstr("3 handlers are stuck"));
}

TEST_F(StuckHandler, TooManyEndsInARowBreakTheNode) {
  auto options = obedient(1);
  options.adjust = [](local_node_config& config) {
    config.dispatch.stop_patience = config.tick = config.restarts.first_delay = 10ms;
    config.dispatch.stuck_limit = 100;
    config.restarts.intensity = 2;
    config.stop_patience = 50ms;
  };
  rig_ = start(std::move(options));

  for (int i = 0; i < 3; ++i) ASSERT_THAT(hang(), FailsWith(errc::timeout, ""));

  EXPECT_THAT(rig_->events->wait_broken(), HasSubstr("agents of kind 'work' ended 3 times"));
}

TEST_F(StuckHandler, DoesNotKeepTheNodeFromEnding) {
  grant_options task;
  task.payload = "hang";
  rig_->grant(task);
  ASSERT_TRUE(hung.wait_for_visitors(1));

  rig_.reset();

  hung.open();
  EXPECT_TRUE(hung.wait_for_quiet());  // the handler returns into what was kept for it
}

// -- agents that cannot be made

agent_kind fragile(const std::shared_ptr<std::atomic<int>>& failures) {
  auto kind = obedient_kinds(nullptr, 1).front();
  kind.make = [failures]() -> std::unique_ptr<agent> {
    if (failures->fetch_sub(1) > 0) throw std::runtime_error("no licence");
    return std::make_unique<obedient_agent>();
  };
  return kind;
}

class FragileAgent : public NodeFixture {
 protected:
  /// A node whose first agents of `work` cannot be made; those of `quick` can.
  std::unique_ptr<node_rig> start_failing(int times) {
    auto options = obedient(1);
    options.kinds.front() = fragile(std::make_shared<std::atomic<int>>(times));
    return start(std::move(options));
  }
};

TEST_F(FragileAgent, FailsItsTaskAndSaysWhy) {
  auto rig = start_failing(1);

  const auto outcome = rig->run("work", "echo 1");

  EXPECT_THAT(outcome, FailsWith(errc::handler_threw, "no licence"));
  EXPECT_FALSE(outcome.crashed);
}

TEST_F(FragileAgent, IsMadeAnewForTheNextTask) {
  auto rig = start_failing(1);
  ASSERT_THAT(rig->run("work", "echo 1"), FailsWith(errc::handler_threw, ""));

  EXPECT_THAT(rig->run("work", "echo again"), Succeeds("again"));
}

TEST_F(FragileAgent, HoweverOftenItFailsTheNodeLives) {
  auto rig = start_failing(1'000);

  for (int i = 0; i < 20; ++i) EXPECT_THAT(rig->run("work", "echo 1"), FailsWith(errc::handler_threw, "no licence"));

  EXPECT_THAT(rig->run("quick", "echo alive"), Succeeds("alive"));
  EXPECT_FALSE(rig->events->is_broken());
}

TEST_F(FragileAgent, AnswersAMessageWithTheReason) {
  auto options = obedient(1);
  options.kinds.push_back(fragile(std::make_shared<std::atomic<int>>(1'000)));
  options.kinds.back().name = "fragile";
  auto rig = start(std::move(options));

  EXPECT_THAT(rig->run("work", "add fragile"), FailsWith(errc::handler_threw, "no licence"));
}

TEST_F(FragileAgent, ThatIsNullFailsItsTask) {
  auto options = obedient(1);
  options.kinds.front().make = [] { return std::unique_ptr<agent>{}; };
  auto rig = start(std::move(options));

  EXPECT_THAT(rig->run("work", "echo 1"), FailsWith(errc::handler_threw, "kind 'work' made no agent"));
}

}  // namespace dunlin::testing
