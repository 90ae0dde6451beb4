// SPDX-License-Identifier: Apache-2.0
// Handlers in several processes that add up arrays, and one whose process is killed in the middle.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "tests/system/poll.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

std::string submit_to(const swarm_rig& rig, const std::string& capability, const std::string& payload) {
  return rig.submit({"--kind", "summing", "--capability", capability, "--retries", "0", "--payload", payload});
}

/// Tasks on the three nodes, the first of which convenes the group.
words submit_three(const swarm_rig& rig, const std::string& payload) {
  words out{submit_to(rig, "first", payload)};
  EXPECT_TRUE(eventually([&] {
    return rig.run({"task", "info", out[0]}).out.find("seeks the group") != std::string::npos;
  }));
  out.push_back(submit_to(rig, "second", payload));
  out.push_back(submit_to(rig, "third", payload));
  return out;
}

TEST(Collective, HandlersOnThreeNodesAddUpAnArray) {
  swarm_rig rig{DUNLIN_TALKING_PROGRAM};
  ASSERT_TRUE(rig.up({"--node", "a:first", "--node", "b:second", "--node", "c:third"})) << rig.swarm().err();

  for (const auto& id : submit_three(rig, "job 3 5 " + rig.state_dir() + "/mark")) {
    EXPECT_EQ(rig.run({"task", "wait", id}).code, 0) << rig.field_of_task(id, "why");
    EXPECT_EQ(rig.field_of_task(id, "output"), "3 members");
  }
}

TEST(Collective, TheOthersGoOnWithoutANodeThatIsKilled) {
  swarm_rig rig{DUNLIN_TALKING_PROGRAM};
  ASSERT_TRUE(rig.up({"--node", "a:first", "--node", "b:second", "--node", "c:third"})) << rig.swarm().err();
  const auto mark = rig.state_dir() + "/mark";
  const auto ids = submit_three(rig, "job 3 1000000 " + mark);
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(mark); })) << "the group works";

  ::kill(rig.pid_of("c"), SIGKILL);

  for (const auto& id : {ids[0], ids[1]}) {
    EXPECT_EQ(rig.run({"task", "wait", id}).code, 0) << rig.field_of_task(id, "why");
    EXPECT_EQ(rig.field_of_task(id, "output"), "2 members");
  }
}

}  // namespace
}  // namespace dunlin::test
