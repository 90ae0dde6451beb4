// SPDX-License-Identifier: Apache-2.0
#include "actors/kinds/builtin_kinds.hpp"

#include "actors/process/run_command.hpp"
#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

class CommandKind : public NodeFixture {
 protected:
  std::unique_ptr<node_rig> start_allowing(const std::vector<std::string>& programs) {
    rig_options options;
    options.kinds = builtin_kinds();
    options.adjust = [&](local_node_config& config) { config.allowed = allow_list::make(programs).value(); };
    return start(std::move(options));
  }

  static grant_options command(std::vector<std::string> arguments) {
    grant_options task;
    task.kind = command_kind_name;
    task.payload = as_text(codec::to_wire(command_line{std::move(arguments), {}}));
    return task;
  }
};

TEST_F(CommandKind, RefusesAProgramThatTheOperatorDidNotAllow) {
  auto rig = start_allowing({});

  const auto outcome = rig->run(command({"/bin/echo", "hello"}));

  EXPECT_THAT(outcome, FailsWith(errc::not_allowed, "[process]"));
}

TEST_F(CommandKind, RunsAnAllowedProgramAndReturnsWhatItWrote) {
  auto rig = start_allowing({"/bin/echo"});

  const auto outcome = rig->run(command({"/bin/echo", "hello"}));

  ASSERT_EQ(outcome.code, errc::none) << outcome.why;
  const auto said = codec::from_wire<command_output>(outcome.output);
  ASSERT_TRUE(said);
  EXPECT_EQ(as_text(said->output), "hello\n");
  EXPECT_EQ(said->exit_code, 0);
}

TEST_F(CommandKind, AnotherExitCodeIsAFailure) {
  auto rig = start_allowing({"/bin/false"});

  EXPECT_THAT(rig->run(command({"/bin/false"})), FailsWith(errc::handler_failed, "1"));
}

TEST_F(CommandKind, AProgramThatDiesOfASignalHasFailedAndCrashedNobody) {
  auto rig = start_allowing({"/bin/sh"});

  const auto outcome = rig->run(command({"/bin/sh", "-c", "kill -SEGV $$"}));

  EXPECT_THAT(outcome, FailsWith(errc::crashed, "SIGSEGV"));
  EXPECT_FALSE(outcome.crashed) << "the task's own retries decide whether it runs again";
}

TEST_F(CommandKind, ACancelKillsTheProgram) {
  auto rig = start_allowing({"/bin/sleep"});
  const auto task = rig->grant(command({"/bin/sleep", "1000"}));
  ASSERT_TRUE(rig->leader->until([](const auto& all) { return !all.started.empty(); }));

  rig->cancel(task);

  EXPECT_THAT(rig->leader->outcome_of(task), FailsWith(errc::cancelled, ""));
}

TEST_F(CommandKind, RefusesAPayloadThatIsNoCommandLine) {
  auto rig = start_allowing({});

  EXPECT_THAT(rig->run(std::string{command_kind_name}, "rm -rf /"), FailsWith(errc::malformed, "command line"));
}

using BuiltinKindsOnANode = CommandKind;

TEST_F(BuiltinKindsOnANode, EchoWaitAndPrimes) {
  auto rig = start_allowing({});

  EXPECT_THAT(rig->run("echo", "as it came"), Succeeds("as it came"));
  EXPECT_THAT(rig->run("wait", "1"), Succeeds("1"));
  EXPECT_THAT(rig->run("primes", "1000000"), Succeeds("78498"));
  EXPECT_THAT(rig->run("primes", "2"), Succeeds("0"));
  EXPECT_THAT(rig->run("primes", "3"), Succeeds("1"));
  EXPECT_THAT(rig->run("primes", "many"), FailsWith(errc::invalid_argument, "digits"));
}

TEST_F(BuiltinKindsOnANode, WaitIsCancelledSoon) {
  auto rig = start_allowing({});
  grant_options task;
  task.kind = "wait";
  task.payload = "3600000";
  const auto id = rig->grant(task);
  ASSERT_TRUE(rig->leader->until([](const auto& all) { return !all.started.empty(); }));

  rig->cancel(id);

  EXPECT_THAT(rig->leader->outcome_of(id), FailsWith(errc::cancelled, "stopped after"));
}

}  // namespace dunlin::testing
