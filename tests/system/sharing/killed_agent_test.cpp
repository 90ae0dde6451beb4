// SPDX-License-Identifier: Apache-2.0
// Agents that share a device come to their ends, in each state and under each pattern: the others go on, the share is
// free within its TTL, nobody else fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>

#include "tests/system/poll.hpp"
#include "tests/system/sharing/shared_swarm.hpp"

namespace dunlin::test {
namespace {

using testing::StartsWith;

constexpr auto ttl = std::chrono::seconds{15};
constexpr int doomed = 4;  // the priority by which a test knows the lease of the one that ends

/// Every way of sharing, with the options that leave room for two on a device of two units.
struct way {
  std::string pattern;
  words more = {};
};

const std::array ways{way{"exclusive"}, way{"time_sliced", {"--holders", "2"}}, way{"space_partitioned"},
                      way{"pipeline", {"--holders", "2"}}, way{"collaborative", {"--holders", "2"}}};

class KilledAgent : public testing::TestWithParam<way> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(rig.up()) << rig.swarm().err();
    ASSERT_TRUE(rig.coordinate(GetParam().pattern, GetParam().more));
  }

  void add_neighbours(int count) {
    for (int i = 0; i < count; ++i) {
      neighbours_.push_back("neighbour-" + std::to_string(i));
      ASSERT_TRUE(rig.submit({.name = neighbours_.back()}));
    }
  }

  /// Waits until whoever has the priority of the doomed stands so at the device.
  bool stands(const std::string& state) {
    return eventually([&] { return rig.state_at_device(doomed) == state; });
  }

  /// Its share is the others': they go on to their ends, and nothing is left over.
  void expect_others_go_on() {
    EXPECT_TRUE(eventually([&] { return rig.state_at_device(doomed).empty(); }, ttl)) << "its share is free";
    rig.stop_all();
    for (const auto& one : neighbours_) EXPECT_EQ(rig.end_of(one), "succeeded, 1, done") << rig.swarm().err();
    EXPECT_TRUE(eventually([&] { return rig.at_device() == 0; }));
    EXPECT_EQ(rig.alarms(), 0);
  }

  shared_swarm rig;

 private:
  std::vector<std::string> neighbours_;
};

TEST_P(KilledAgent, InAStepThatThrows) {
  add_neighbours(1);
  ASSERT_TRUE(rig.submit({.name = "it", .kind = "doomed", .payload = "throw " + rig.mark("now"), .priority = doomed}));
  if (GetParam().pattern == "exclusive") rig.stop_all();  // it has to be its turn
  ASSERT_TRUE(eventually([&] { return !rig.read_mark("now").empty(); }));

  EXPECT_EQ(rig.end_of("it"), "failed, 1, ");
  expect_others_go_on();
}

TEST_P(KilledAgent, InAStepThatNeverEnds) {
  ASSERT_TRUE(rig.submit(
      {.name = "it", .kind = "doomed", .payload = "hang " + rig.mark("now"), .priority = doomed, .timeout_s = 2}));
  ASSERT_TRUE(eventually([&] { return !rig.read_mark("now").empty(); }));
  add_neighbours(2);

  EXPECT_EQ(rig.end_of("it"), "failed, 1, ");
  expect_others_go_on();
}

TEST_P(KilledAgent, WithItsProcess) {
  ASSERT_TRUE(rig.submit(
      {.name = "it", .kind = "doomed_process", .payload = rig.mark("pid"), .priority = doomed, .retries = 2}));
  ASSERT_TRUE(eventually([&] { return !rig.read_mark("pid").empty(); }));
  add_neighbours(2);

  ::kill(std::stoi(rig.read_mark("pid")), SIGKILL);

  EXPECT_TRUE(stands("waiting")) << "the others have its share, and its second attempt stands behind them";
  rig.stop_all();
  EXPECT_EQ(rig.end_of("it"), "succeeded, 2, again");
  expect_others_go_on();
}

TEST_P(KilledAgent, WhileItWaits) {
  add_neighbours(2);
  ASSERT_TRUE(eventually([&] { return rig.at_device() == 2; }));
  ASSERT_TRUE(rig.submit({.name = "it", .priority = doomed}));
  ASSERT_TRUE(stands("waiting"));

  ASSERT_EQ(rig.run({"task", "cancel", "it"}).code, 0);

  EXPECT_THAT(rig.end_of("it"), StartsWith("cancelled"));
  expect_others_go_on();
}

TEST_P(KilledAgent, BetweenTwoSteps) {
  ASSERT_TRUE(rig.submit({.name = "it", .priority = doomed}));
  ASSERT_TRUE(stands("holding"));
  add_neighbours(2);
  ASSERT_TRUE(eventually([&] { return rig.at_device() == 3; }));

  ASSERT_EQ(rig.run({"task", "cancel", "it"}).code, 0);

  EXPECT_THAT(rig.end_of("it"), StartsWith("cancelled"));
  expect_others_go_on();
}

/// Of several holders: the only one of an exclusive device is never parked.
using KilledAgentOfSeveral = KilledAgent;

TEST_P(KilledAgentOfSeveral, WhileASwitchHasParkedIt) {
  add_neighbours(1);
  ASSERT_TRUE(eventually([&] { return rig.at_device() == 1; }));
  ASSERT_TRUE(rig.submit({.name = "it", .priority = doomed}));
  ASSERT_TRUE(stands("holding"));
  ASSERT_TRUE(rig.coordinate("exclusive"));
  ASSERT_TRUE(stands("parked"));

  ASSERT_EQ(rig.run({"task", "cancel", "it"}).code, 0);

  EXPECT_THAT(rig.end_of("it"), StartsWith("cancelled"));
  ASSERT_TRUE(rig.coordinate(GetParam().pattern, GetParam().more));
  expect_others_go_on();
}

std::string name_of(const testing::TestParamInfo<way>& given) { return given.param.pattern; }

INSTANTIATE_TEST_SUITE_P(Under, KilledAgent, testing::ValuesIn(ways), name_of);
INSTANTIATE_TEST_SUITE_P(Under, KilledAgentOfSeveral, testing::ValuesIn(ways.begin() + 1, ways.end()), name_of);

TEST(KilledStage, WithItemsBeforeItFailsOnlyTheOneItHas) {
  shared_swarm rig;
  ASSERT_TRUE(rig.up()) << rig.swarm().err();
  ASSERT_TRUE(rig.coordinate("pipeline", {"--stages", "read,infer,write"}));
  ASSERT_TRUE(rig.submit({.name = "read", .kind = "stage", .payload = "read " + rig.stop_file()}));
  ASSERT_TRUE(rig.submit({.name = "write", .kind = "stage", .payload = "write"}));
  ASSERT_TRUE(rig.submit({.name = "it", .kind = "stage", .payload = "infer " + rig.mark("now"), .priority = doomed}));
  ASSERT_TRUE(eventually([&] { return !rig.read_mark("now").empty(); }));

  EXPECT_EQ(rig.end_of("it"), "failed, 1, ");
  ASSERT_TRUE(rig.submit({.name = "next", .kind = "stage", .payload = "infer"}));
  ASSERT_TRUE(eventually([&] { return rig.field_of_task("next", "state") == "running"; }));
  rig.stop_all();

  EXPECT_THAT(rig.end_of("read"), StartsWith("succeeded, 1, "));
  EXPECT_THAT(rig.end_of("next"), testing::EndsWith(" and 0"));
  EXPECT_THAT(rig.end_of("write"), testing::EndsWith(" and 1")) << "one item failed, with the agent that had it";
  EXPECT_TRUE(eventually([&] { return rig.at_device() == 0; }));
  EXPECT_EQ(rig.alarms(), 0);
}

TEST(KilledBargainer, LeavesTheOthersToSettle) {
  shared_swarm rig;
  ASSERT_TRUE(rig.up()) << rig.swarm().err();
  ASSERT_TRUE(rig.coordinate("collaborative"));
  ASSERT_TRUE(rig.submit({.name = "it", .kind = "haggling", .payload = rig.mark("called"), .priority = doomed}));
  ASSERT_TRUE(rig.submit({.name = "one"}));
  ASSERT_TRUE(eventually([&] { return rig.at_device() == 2; }));
  ASSERT_TRUE(rig.submit({.name = "two"}));
  ASSERT_TRUE(eventually([&] { return !rig.read_mark("called").empty(); })) << "it is asked for its bid";

  ASSERT_EQ(rig.run({"task", "cancel", "it"}).code, 0);

  EXPECT_THAT(rig.end_of("it"), StartsWith("cancelled"));
  EXPECT_TRUE(eventually([&] { return rig.at_device() == 2; }, ttl));
  rig.stop_all();
  for (const auto* one : {"one", "two"}) EXPECT_EQ(rig.end_of(one), "succeeded, 1, done") << rig.swarm().err();
  EXPECT_EQ(rig.alarms(), 0);
}

}  // namespace
}  // namespace dunlin::test
