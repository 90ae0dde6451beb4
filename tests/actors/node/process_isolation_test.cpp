// SPDX-License-Identifier: Apache-2.0
// Agents in children of the node: whatever they do, the node lives.
#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using ::testing::StartsWith;

class ProcessIsolation : public NodeFixture {
 protected:
  ProcessIsolation() {
    auto options = obedient();
    for (auto& kind : child_kinds()) options.kinds.push_back(std::move(kind));
    options.adjust = [](local_node_config& config) {
      config.agent_host = {CHILD_PROGRAM, "agent"};
      config.tick = 10ms;
    };
    rig_ = start(std::move(options));
  }

  task_outcome run(const std::string& payload) { return rig_->run("apart", payload); }

  std::unique_ptr<node_rig> rig_;
};

TEST_F(ProcessIsolation, TheSameAgentClassServesInAChild) { EXPECT_THAT(run("echo hello"), Succeeds("hello")); }

TEST_F(ProcessIsolation, ASegmentationFaultFailsTheTaskWithSignalAndLastWords) {
  const auto outcome = run("segfault");

  EXPECT_THAT(outcome, FailsWith(errc::crashed, "SIGSEGV"));
  EXPECT_THAT(outcome, FailsWith(errc::crashed, "the pivot is zero"));
  EXPECT_TRUE(outcome.crashed);
  EXPECT_THAT(run("echo still here"), Succeeds("still here"));
}

TEST_F(ProcessIsolation, AHandlerThatHangsIsKilledAtItsTimeout) {
  grant_options task;
  task.kind = "apart";
  task.payload = "hang";
  task.timeout = milliseconds{200};

  const auto outcome = rig_->run(task);

  EXPECT_THAT(outcome, FailsWith(errc::timeout, ""));
  EXPECT_FALSE(outcome.crashed);
  EXPECT_THAT(run("echo still here"), Succeeds("still here"));
}

TEST_F(ProcessIsolation, ACancelKillsTheChild) {
  grant_options task;
  task.kind = "apart";
  task.payload = "hang";
  const auto id = rig_->grant(task);
  ASSERT_TRUE(rig_->leader->until([](const auto& all) { return !all.started.empty(); }));

  rig_->cancel(id);

  EXPECT_THAT(rig_->leader->outcome_of(id), FailsWith(errc::cancelled, ""));
}

TEST_F(ProcessIsolation, AHandlerSeesTheDeviceLeaseOfItsTask) {
  grant_options task;
  task.kind = "apart";
  task.payload = "lease";
  EXPECT_THAT(rig_->run(task), Succeeds("none"));

  task.device = true;
  EXPECT_THAT(text_of(rig_->run(task)), StartsWith("device 0 token "));
}

TEST_F(ProcessIsolation, NobodyKeepsAHolderInAProcessToItsUnitsAndItsContractSaysSo) {
  grant_options task;
  task.kind = "apart";
  task.payload = "hang";
  task.device = true;
  const auto id = rig_->grant(task);

  EXPECT_TRUE(rig_->leader->until([](const auto& all) {
    if (all.beats.empty() || all.beats.back().devices.empty()) return false;
    const auto& contracts = all.beats.back().devices.front().sharing.contracts;
    return !contracts.empty() && contracts.front().compute_enforcement == enforcement::advisory &&
           contracts.front().enforcement_note == past_the_gate;
  }));
  rig_->cancel(id);
  EXPECT_EQ(rig_->leader->outcome_of(id).code, errc::cancelled);
}

TEST_F(ProcessIsolation, TheBytesOfAProcessorsShareAreAHardCap) {
  grant_options task;
  task.kind = "apart";
  task.payload = "memory 2000000";
  EXPECT_EQ(rig_->run(task).code, errc::none);

  task.device = true;
  task.device_bytes = 1'000'000;
  EXPECT_NE(rig_->run(task).code, errc::none);
  task.device_bytes = 3'000'000;
  EXPECT_EQ(rig_->run(task).code, errc::none);
}

TEST_F(ProcessIsolation, TimeUnderALeaseCountsToTheDevice) {
  grant_options task;
  task.kind = "apart";
  task.payload = "burn 20";
  task.device = true;
  ASSERT_EQ(rig_->run(task).code, errc::none);

  EXPECT_TRUE(rig_->leader->until([](const auto& all) {
    return !all.beats.empty() && !all.beats.back().devices.empty() &&
           all.beats.back().devices.front().busy_ns >= 20'000'000;
  }));
}

TEST_F(ProcessIsolation, AHandlerSeesTheTimeThatItsTaskHasLeft) {
  grant_options task;
  task.kind = "apart";
  task.payload = "left";
  task.timeout = milliseconds{60'000};

  const auto left = std::stoll(text_of(rig_->run(task)));

  EXPECT_GT(left, 0);
  EXPECT_LE(left, 60'000);
}

TEST_F(ProcessIsolation, AnExceptionFailsTheTaskWithItsText) {
  EXPECT_THAT(run("throw out of luck"), FailsWith(errc::handler_threw, "out of luck"));
}

TEST_F(ProcessIsolation, AResultOverTheLimitIsNotSent) {
  EXPECT_THAT(run("huge"), FailsWith(errc::output_too_large, ""));
}

TEST_F(ProcessIsolation, ProgressAndCheckpointsReachTheLeader) {
  rig_->grant([] {
    grant_options task;
    task.kind = "apart";
    task.payload = "halves";
    return task;
  }());

  EXPECT_TRUE(rig_->leader->until([](const auto& all) {
    return !all.checkpoints.empty() && as_text(all.checkpoints.back().state) == "half" && !all.progress.empty() &&
           all.progress.back().progress.items_total == 2;
  }));
}

TEST_F(ProcessIsolation, AHandlerKnowsItsAttemptAndItself) {
  grant_options task;
  task.kind = "apart";
  task.payload = "facts";
  task.attempt = 2;
  task.checkpoint = "half";

  EXPECT_THAT(rig_->run(task), Succeeds("attempt 2, checkpoint 'half', bounded, on alpha"));
}

TEST_F(ProcessIsolation, ATaskCannotTakeMoreMemoryThanItAskedFor) {
  grant_options task;
  task.kind = "apart";
  task.payload = "memory 900000";
  task.host_bytes = 500'000;

  EXPECT_THAT(rig_->run(task), FailsWith(errc::quota_exceeded, "900000"));
}

TEST_F(ProcessIsolation, AChildAsksAnAgentOfItsNode) { EXPECT_THAT(run("add work"), Succeeds("42 for alpha")); }

TEST_F(ProcessIsolation, AnAgentInAChildTakesNoMessages) {
  EXPECT_THAT(rig_->run("work", "add apart"), FailsWith(errc::not_supported, "process of its own"));
}

TEST_F(ProcessIsolation, TheNodeEndsWhileAChildHangs) {
  grant_options task;
  task.kind = "apart";
  task.payload = "hang";
  rig_->grant(task);
  ASSERT_TRUE(rig_->leader->until([](const auto& all) { return !all.started.empty(); }));

  rig_.reset();  // the child is killed; if it were not, this would last for ever
}

TEST_F(ProcessIsolation, AKindThatTheProgramDoesNotHaveIsACrashInWords) {
  auto options = obedient();
  options.name = "beta";
  options.kinds = {kind_of<obedient_agent>("elsewhere", {}, isolation_mode::process, 1)};
  options.adjust = [](local_node_config& config) { config.agent_host = {CHILD_PROGRAM, "agent"}; };
  auto beta = start(std::move(options));

  EXPECT_THAT(beta->run("elsewhere", "echo"), FailsWith(errc::crashed, "no agents of kind 'elsewhere'"));
}

}  // namespace dunlin::testing
