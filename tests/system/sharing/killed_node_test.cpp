// SPDX-License-Identifier: Apache-2.0
// A node dies with agents that share its device in every state: another node's go on, its own run again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/sharing/shared_swarm.hpp"

namespace dunlin::test {
namespace {

class KilledNode : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(rig.up()) << rig.swarm().err();
    ASSERT_TRUE(rig.coordinate(GetParam()));
    ASSERT_TRUE(rig.submit({.name = "apart", .capability = "apart"}));
    for (const auto* name : {"b-0", "b-1", "b-2"}) ASSERT_TRUE(rig.submit({.name = name, .retries = 2}));
    ASSERT_TRUE(eventually([&] { return rig.at_device() == 3 && rig.field_of_task("apart", "state") == "running"; }));
  }

  void kill_and_expect_that_all_end_well(const std::string& pattern) {
    const auto before = rig.pid_of("b");
    ASSERT_GT(before, 0);
    ::kill(before, SIGKILL);
    ASSERT_TRUE(eventually([&] { return rig.pid_of("b") > 0 && rig.pid_of("b") != before; })) << "it is started again";
    ASSERT_TRUE(eventually([&] { return rig.at_device() > 0; })) << "and its tasks ask for shares again";
    EXPECT_TRUE(eventually([&] { return rig.pattern() == pattern; })) << "as an operator has said";

    rig.stop_all();

    EXPECT_EQ(rig.end_of("apart"), "succeeded, 1, done") << "its node lives";
    for (const auto* name : {"b-0", "b-1", "b-2"}) {
      rig.run({"task", "wait", name});
      const auto record = rig.ask({"task", "info", name});
      EXPECT_EQ(cli::field_of<std::string>(record, "state"), "succeeded");
      EXPECT_EQ(cli::number_of<int>(record, "fail_count"), 0) << "the death of its node is no failure of the task";
    }
    EXPECT_TRUE(eventually([&] { return rig.at_device() == 0; }));
    EXPECT_EQ(rig.alarms(), 0);
  }

  shared_swarm rig;
};

TEST_P(KilledNode, WhoseAgentsHoldAndWaitRunsThemAgain) { kill_and_expect_that_all_end_well(GetParam()); }

TEST_P(KilledNode, WhoseAgentsASwitchHasParkedRunsThemAgain) {
  ASSERT_TRUE(rig.coordinate("exclusive"));

  kill_and_expect_that_all_end_well("exclusive");
}

INSTANTIATE_TEST_SUITE_P(Under, KilledNode,
                         testing::Values("exclusive", "time_sliced", "space_partitioned", "pipeline", "collaborative"),
                         [](const auto& given) { return std::string{given.param}; });

}  // namespace
}  // namespace dunlin::test
