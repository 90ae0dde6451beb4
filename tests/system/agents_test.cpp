// SPDX-License-Identifier: Apache-2.0
// Agents of a user's program on different nodes: they exchange a message type of their own, and a receiver that dies
// is noticed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;

/// Asks from node a; `to` is the payload.
std::string ask_from_a(const swarm_rig& rig, const std::string& to) {
  return rig.submit({"--kind", "asking", "--capability", "curious", "--retries", "0", "--payload", to});
}

TEST(Agents, OnDifferentNodesExchangeAMessageTypeOfTheirOwn) {
  swarm_rig rig{DUNLIN_TALKING_PROGRAM};
  ASSERT_TRUE(rig.up({"--node", "a:curious", "--node", "b"})) << rig.swarm().err();

  for (const std::string count : {"1", "2"}) {
    const auto id = ask_from_a(rig, "b");
    EXPECT_EQ(rig.run({"task", "wait", id}).code, 0);
    const auto record = rig.ask({"task", "info", id});
    EXPECT_EQ(cli::field_of<std::string>(record, "output"), "what, you asked #" + count);
    EXPECT_EQ(cli::field_of<std::string>(record, "owner"), "a");
  }
}

TEST(Agents, AKilledReceiverFailsTheCallWithinThreeSeconds) {
  swarm_rig rig{DUNLIN_TALKING_PROGRAM};
  ASSERT_TRUE(rig.up({"--node", "a:curious", "--node", "b"})) << rig.swarm().err();
  const auto mark = rig.state_dir() + "/arrived";
  const auto id = ask_from_a(rig, "b " + mark);
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark); })) << "the question is with node b";
  const auto receiver = rig.pid_of("b");
  ASSERT_GT(receiver, 0);

  const auto killed = std::chrono::system_clock::now();
  ::kill(receiver, SIGKILL);
  const auto done = rig.run({"task", "wait", id});

  const auto record = rig.ask({"task", "info", id});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(cli::field_of<std::string>(record, "state"), "failed");
  EXPECT_THAT(cli::field_of<std::string>(record, "why"), HasSubstr("link_down"));
  EXPECT_THAT(cli::field_of<std::string>(record, "why"), HasSubstr("'b'"));
  const auto killed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(killed.time_since_epoch()).count();
  EXPECT_LE(cli::number_of<std::int64_t>(record, "finished_ms") - killed_ms, 3'000);
}

TEST(Agents, ANodeThatIsNotThereIsSaid) {
  swarm_rig rig{DUNLIN_TALKING_PROGRAM};
  ASSERT_TRUE(rig.up({"--node", "a:curious", "--node", "b"})) << rig.swarm().err();

  const auto id = ask_from_a(rig, "nowhere");

  EXPECT_EQ(rig.run({"task", "wait", id}).code, 1);
  EXPECT_THAT(rig.field_of_task(id, "why"), HasSubstr("nowhere"));
}

}  // namespace
}  // namespace dunlin::test
