// SPDX-License-Identifier: Apache-2.0
// `run -- CMD`: programs as tasks, and only those that the operator lists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/text/json_fields.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Command, NothingIsAllowedUnlessListed) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1"})) << rig.swarm().err();

  const auto refused = rig.run({"run", "--", "/bin/echo", "hello"});

  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("error[not_allowed]"));
  EXPECT_THAT(refused.err, HasSubstr("`allow` under [process]"));
}

struct Allowed : testing::Test {
  static void SetUpTestSuite() {
    rig = std::make_unique<swarm_rig>();
    ASSERT_TRUE(rig->up({"-n", "1", "--allow", "/bin/echo,/bin/sh", "--allow-env", "MINE"})) << rig->swarm().err();
  }
  static void TearDownTestSuite() { rig.reset(); }
  static std::unique_ptr<swarm_rig> rig;
};
std::unique_ptr<swarm_rig> Allowed::rig;

TEST_F(Allowed, AListedProgramRunsAndItsOutputIsOurs) {
  const auto done = rig->run({"run", "--", "echo", "-n", "a  b", "$HOME", ";", "ls"});

  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "a  b $HOME ; ls") << "there is no shell in between";
}

TEST_F(Allowed, BothStreamsComeBack) {
  const auto done = rig->run({"run", "--", "sh", "-c", "echo out; echo err >&2"});

  EXPECT_EQ(done.out, "out\n");
  EXPECT_EQ(done.err, "err\n");
}

TEST_F(Allowed, JsonHasTheOutputAsText) {
  const auto fields = rig->ask({"run", "--", "sh", "-c", "echo out; echo err >&2"});

  EXPECT_EQ(cli::field_of<std::string>(fields, "output"), "out\n");
  EXPECT_EQ(cli::field_of<std::string>(fields, "errors"), "err\n");
  EXPECT_EQ(cli::field_of<std::string>(fields, "state"), "succeeded");
}

TEST_F(Allowed, TheEnvironmentIsCleanButForWhatIsGiven) {
  const auto done = rig->run({"run", "--env", "MINE=yes", "--", "sh", "-c", "echo $MINE $USER $XDG_RUNTIME_DIR; pwd"});

  EXPECT_THAT(done.out, testing::StartsWith("yes\n"));
  EXPECT_THAT(done.out, Not(HasSubstr(rig->state_dir() + "\n")));
}

TEST_F(Allowed, AVariableThatIsNotListedIsRefused) {
  const auto refused = rig->run({"run", "--env", "LD_PRELOAD=/tmp/x.so", "--", "echo", "hello"});

  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("error[not_allowed]"));
  EXPECT_THAT(refused.err, HasSubstr("`environment` under [process]"));
}

TEST_F(Allowed, AnExitCodeIsAFailureWithTheLastLines) {
  const auto done = rig->run({"run", "--", "sh", "-c", "echo why it failed >&2; exit 3"});

  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("exited with code 3"));
  EXPECT_THAT(done.err, HasSubstr("why it failed"));
}

TEST_F(Allowed, TooMuchOutputEndsTheProgram) {
  const auto done = rig->run({"run", "--", "sh", "-c", "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done"});

  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("error[output_too_large]"));
}

TEST_F(Allowed, OfMuchOutputTheEndIsKeptAndSaidSo) {
  const auto done =
      rig->run({"run", "--", "sh", "-c", "i=0; while [ $i -lt 60000 ]; do echo line $i; i=$((i+1)); done"});

  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, testing::EndsWith("line 59999\n"));
  EXPECT_LE(done.out.size(), 192U * 1'024);
  EXPECT_THAT(done.err, HasSubstr("only the end"));
}

TEST_F(Allowed, ATimeoutKillsTheWholeGroup) {
  const auto done = rig->run({"run", "--timeout", "0.5", "--", "sh", "-c", "sh -c 'sleep 98765' & wait"});

  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("error[timeout]"));
  EXPECT_THAT(processes_with("98765"), testing::IsEmpty());
}

TEST_F(Allowed, AnythingElseIsRefusedByItsRealPath) {
  const auto done = rig->run({"run", "--", "ls"});

  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("error[not_allowed]"));
  EXPECT_THAT(done.err, HasSubstr("/ls"));
}

TEST(Isolation, AnOperatorMovesTheKindsOfANodeIntoProcesses) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1", "--isolation", "process"})) << rig.swarm().err();

  const auto apart = rig.run({"submit", "--kind", "primes", "--payload", "1000", "--isolation", "process", "--wait"});
  const auto within = rig.run({"submit", "--kind", "primes", "--payload", "1000", "--isolation", "thread"});

  EXPECT_EQ(apart.code, 0) << apart.err;
  EXPECT_EQ(within.code, 2);
  EXPECT_THAT(within.err, HasSubstr("run with isolation 'process', not 'thread'"));
}

}  // namespace
}  // namespace dunlin::test
