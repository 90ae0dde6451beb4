// SPDX-License-Identifier: Apache-2.0
// A swarm from its start to its end, as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using cli::field_of;
using cli::number_of;
using testing::HasSubstr;

TEST(Life, UpSubmitWaitDown) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "2"})) << rig.swarm().err();

  const auto done = rig.run({"submit", "--kind", "primes", "--payload", "100000", "--count", "40", "--wait"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("40 of 40 ended: 40 succeeded"));
  const auto id = rig.submit({"--kind", "primes", "--payload", "1000", "--name", "small"});
  EXPECT_EQ(rig.run({"task", "wait", "small"}).code, 0);
  EXPECT_EQ(rig.field_of_task(id, "output"), "168");

  const auto down = rig.run({"down"});
  EXPECT_EQ(down.code, 0) << down.err;
  EXPECT_THAT(down.out, HasSubstr("drained and stopped"));
  const auto up = rig.swarm().wait();
  EXPECT_EQ(up.code, 0) << up.err;
  EXPECT_THAT(up.out, HasSubstr("the swarm has ended\n"));
  EXPECT_TRUE(rig.is_gone());
  EXPECT_EQ(rig.run({"down"}).code, 3);
}

TEST(Life, WhatWasSubmittedIsThereAfterARestart) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1"})) << rig.swarm().err();
  const auto id = rig.submit({"--kind", "echo", "--payload", "kept"});
  ASSERT_EQ(rig.run({"task", "wait", id}).code, 0);
  ASSERT_EQ(rig.run({"down"}).code, 0);

  ASSERT_TRUE(rig.up({"-n", "1"})) << rig.swarm().err();

  EXPECT_EQ(rig.field_of_task(id, "output"), "kept");
}

TEST(Life, TheFirstCtrlCDrains) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "2"})) << rig.swarm().err();
  const auto id = rig.submit({"--kind", "wait", "--payload", "700"});
  ASSERT_TRUE(eventually([&] { return rig.field_of_task(id, "state") == "running"; }));

  rig.swarm().send(SIGINT);
  const auto up = rig.swarm().wait();

  EXPECT_EQ(up.code, 0) << up.err;
  EXPECT_THAT(up.err, HasSubstr("the nodes finish what they run"));
  EXPECT_TRUE(rig.is_gone());
  ASSERT_TRUE(rig.up({"-n", "1"}));
  EXPECT_EQ(rig.field_of_task(id, "state"), "succeeded") << "the drain let it finish";
}

TEST(Life, TheSecondCtrlCKillsAndLeavesNoProcess) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "2"})) << rig.swarm().err();
  const auto id = rig.submit({"--kind", "wait", "--payload", "600000"});
  ASSERT_TRUE(eventually([&] { return rig.field_of_task(id, "state") == "running"; }));

  rig.swarm().send(SIGINT);
  ASSERT_TRUE(eventually([&] { return rig.swarm().err().find("once more to kill") != std::string::npos; }));
  EXPECT_TRUE(rig.swarm().runs()) << "a task still runs";
  rig.swarm().send(SIGINT);
  const auto up = rig.swarm().wait();

  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.err, HasSubstr("killing what still runs"));
  EXPECT_TRUE(rig.is_gone());
}

TEST(Life, ASecondUpSaysWhereTheFirstRuns) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1"})) << rig.swarm().err();

  const auto second = rig.run({"up", "--http-port", "0"});

  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("error[already_running]"));
  EXPECT_THAT(second.err, HasSubstr("runs already on http://127.0.0.1:"));
  EXPECT_THAT(second.err, HasSubstr("process " + std::to_string(rig.swarm().pid())));
  EXPECT_THAT(second.err, HasSubstr("dunlin down"));
  EXPECT_EQ(rig.run({"node", "list"}).code, 0) << "the first one is not harmed";
}

TEST(Life, AfterAKilledUpItsNodesEndAndAnotherStarts) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "2"})) << rig.swarm().err();

  rig.swarm().send(SIGKILL);
  rig.swarm().wait();

  EXPECT_TRUE(eventually([&] { return rig.is_gone(); })) << "nodes outlive the process that looks after them";
  EXPECT_TRUE(rig.up({"-n", "1"})) << rig.swarm().err();
}

TEST(Life, UpInJsonIsOneObject) {
  swarm_rig rig;
  auto up = rig.start({"up", "-n", "2", "--http-port", "0", "--output", "json"});
  ASSERT_TRUE(eventually([&] { return !up->runs() || up->out().find('\n') != std::string::npos; }));

  const auto read = json::parse(up->out());
  ASSERT_TRUE(read) << up->out() << up->err();
  const auto& fields = std::get<json::object>(read->data);
  EXPECT_EQ(number_of<pid_t>(fields, "pid"), up->pid());
  EXPECT_EQ(field_of<json::array>(fields, "nodes").size(), 2U);
  EXPECT_THAT(field_of<std::string>(fields, "url"), testing::StartsWith("http://127.0.0.1:"));
}

TEST(Life, ANodeOfItsOwnJoinsAndLeaves) {
  swarm_rig rig;
  auto leader = rig.start({"node", "start", "--name", "a", "--http-port", "0", "--output", "json"});
  ASSERT_TRUE(eventually([&] { return !leader->runs() || leader->out().find('\n') != std::string::npos; }));
  const auto read = json::parse(leader->out());
  ASSERT_TRUE(read) << leader->err();
  const auto& fields = std::get<json::object>(read->data);
  const auto url = field_of<std::string>(fields, "http");
  const auto ask = [&](words verb) {
    verb.insert(verb.end(), {"--url", url});
    return rig.run(std::move(verb));
  };

  auto follower = rig.start({"node", "start", "--name", "b", "--join", field_of<std::string>(fields, "link")});
  EXPECT_TRUE(eventually([&] { return follower->out().find("b is ready") != std::string::npos; })) << follower->err();
  EXPECT_EQ(ask({"node", "drain", "b"}).code, 0);
  EXPECT_EQ(follower->wait().code, 0);
  EXPECT_THAT(ask({"node", "list"}).out, HasSubstr("a "));
  leader->send(SIGINT);
  EXPECT_EQ(leader->wait().code, 0);
}

}  // namespace
}  // namespace dunlin::test
