// SPDX-License-Identifier: Apache-2.0
// What happens to tasks, and to those who wait for them, when processes die.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;

TEST(Recovery, AKilledNodeIsStartedAgainAndItsTasksRunAgain) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"--node", "a", "--node", "b:special"})) << rig.swarm().err();
  const auto id = rig.submit({"--kind", "wait", "--payload", "1000", "--capability", "special"});
  ASSERT_TRUE(eventually([&] { return rig.field_of_task(id, "state") == "running"; }));
  const auto first = rig.pid_of("b");
  ASSERT_GT(first, 0);

  ::kill(first, SIGKILL);

  EXPECT_EQ(rig.run({"task", "wait", id}).code, 0);
  const auto record = rig.ask({"task", "info", id});
  EXPECT_EQ(cli::number_of<int>(record, "attempt"), 2);
  EXPECT_EQ(cli::field_of<std::string>(record, "owner"), "b");
  EXPECT_THAT(rig.swarm().err(), HasSubstr("b ended with signal 9 (Killed); it is started again"));
  const auto second = rig.pid_of("b");
  EXPECT_GT(second, 0);
  EXPECT_NE(second, first);
}

TEST(Recovery, AKilledLeaderIsStartedAgainAndWaitingGoesOn) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"--node", "a", "--node", "b"})) << rig.swarm().err();
  const auto done = rig.submit({"--kind", "echo", "--payload", "before"});
  ASSERT_EQ(rig.run({"task", "wait", done}).code, 0);
  const auto id = rig.submit({"--kind", "wait", "--payload", "1500"});
  const auto waiting = rig.start({"task", "wait", id});
  ASSERT_TRUE(eventually([&] { return waiting->err().find("running") != std::string::npos; })) << waiting->err();

  ::kill(rig.pid_of("a"), SIGKILL);

  const auto waited = waiting->wait();
  EXPECT_EQ(waited.code, 0) << waited.err << rig.swarm().err();
  EXPECT_EQ(rig.field_of_task(id, "state"), "succeeded");
  EXPECT_EQ(rig.field_of_task(done, "output"), "before");
}

TEST(Recovery, ANodeWhoseActorsAreFrozenEndsAndIsStartedAgain) {
  swarm_rig rig{DUNLIN_TALKING_PROGRAM};
  ASSERT_TRUE(rig.up({"--node", "a", "--node", "b:special"})) << rig.swarm().err();
  const auto first = rig.pid_of("b");
  std::vector<std::string> tasks(8);  // more than there are threads for actors
  for (auto& task : tasks) task = rig.submit({"--kind", "frozen", "--capability", "special"});

  ASSERT_TRUE(eventually([&] { return rig.swarm().err().find("b ended") != std::string::npos; }, 3 * patience))
      << rig.swarm().err();

  for (const auto& task : tasks) EXPECT_EQ(rig.run({"task", "wait", task}).code, 0) << rig.swarm().err();
  EXPECT_EQ(rig.field_of_task(tasks.front(), "output"), "thawed");
  EXPECT_NE(rig.pid_of("b"), first);
}

TEST(Recovery, WaitingEndsWhenTheSwarmGoesDown) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1"})) << rig.swarm().err();
  const auto id = rig.submit({"--kind", "wait", "--payload", "600000"});
  const auto waiting = rig.start({"task", "wait", id});
  ASSERT_TRUE(eventually([&] { return waiting->err().find("running") != std::string::npos; })) << waiting->err();

  const auto down = rig.run({"down", "--patience", "0.5"});
  EXPECT_EQ(down.code, 0);
  EXPECT_THAT(down.out, HasSubstr("was stopped, with tasks running"));

  const auto waited = waiting->wait();
  EXPECT_EQ(waited.code, 3) << waited.err;
  EXPECT_THAT(waited.err, HasSubstr("the swarm went away; when it was last seen, 0 of 1 ended; 1 running"));
  EXPECT_TRUE(rig.is_gone());
}

TEST(Recovery, PatienceEndsAWaitAndNotTheTask) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1"})) << rig.swarm().err();
  const auto id = rig.submit({"--kind", "wait", "--payload", "600000"});

  const auto waited = rig.run({"task", "wait", id, "--patience", "0.3"});

  EXPECT_EQ(waited.code, 4);
  EXPECT_THAT(waited.err, HasSubstr(id));
  EXPECT_NE(rig.field_of_task(id, "state"), "failed");
  EXPECT_EQ(rig.run({"task", "cancel", id}).code, 0);
  EXPECT_EQ(rig.run({"task", "wait", id}).code, 1);
  EXPECT_EQ(rig.field_of_task(id, "state"), "cancelled");
}

}  // namespace
}  // namespace dunlin::test
