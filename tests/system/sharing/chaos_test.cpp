// SPDX-License-Identifier: Apache-2.0
// Switches, deaths and cancellations in a drawn order: who was not meant goes on to its end. `./dev chaos ROUNDS` plays
// more of them than a test run has time for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <random>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/sharing/shared_swarm.hpp"

namespace dunlin::test {
namespace {

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

class chaos {
 public:
  explicit chaos(shared_swarm& rig, unsigned seed) : rig_(rig), drawn_(seed) {}

  /// One more agent comes to its end, somehow, on a device that is shared somehow.
  void round(unsigned number) {
    const std::array patterns{"exclusive", "time_sliced", "space_partitioned", "pipeline", "collaborative"};
    ASSERT_TRUE(rig_.coordinate(patterns.at(drawn_() % patterns.size())));
    const auto name = "it-" + std::to_string(number);
    ASSERT_TRUE(rig_.submit({.name = name, .kind = "doomed_process", .payload = rig_.mark(name), .retries = 2}));
    const auto way = drawn_() % 3;
    if (way == 0 && kills_left_ > 0) kill_node();
    if (way == 1 && eventually([&] { return !rig_.read_mark(name).empty(); }, std::chrono::seconds{1}))
      ::kill(std::stoi(rig_.read_mark(name)), SIGKILL);
    else  // one that waits for the device has no process yet
      rig_.run({"task", "cancel", name});
  }

 private:
  void kill_node() {
    --kills_left_;
    const auto before = rig_.pid_of("b");
    ::kill(before, SIGKILL);
    ASSERT_TRUE(eventually([&] { return rig_.pid_of("b") > 0 && rig_.pid_of("b") != before; }));
  }

  shared_swarm& rig_;
  std::mt19937 drawn_;
  int kills_left_ = 3;  ///< a task that has seen five nodes die is taken for the cause
};

TEST(Chaos, OnASharedDeviceLeavesNobodyBehind) {
  const auto rounds = number_from("DUNLIN_CHAOS", 4), seed = number_from("DUNLIN_CHAOS_SEED", 1);
  SCOPED_TRACE("DUNLIN_CHAOS_SEED=" + std::to_string(seed));
  shared_swarm rig;
  ASSERT_TRUE(rig.up()) << rig.swarm().err();
  const std::array steady{"one", "two", "three"};
  for (const auto* name : steady) ASSERT_TRUE(rig.submit({.name = name, .timeout_s = 3'600}));
  ASSERT_TRUE(rig.submit({.name = "apart", .timeout_s = 3'600, .capability = "apart"}));
  chaos drawn{rig, seed};

  for (unsigned i = 0; i < rounds; ++i) ASSERT_NO_FATAL_FAILURE(drawn.round(i));
  rig.stop_all();

  EXPECT_EQ(rig.end_of("apart"), "succeeded, 1, done");
  for (const auto* name : steady) {
    EXPECT_THAT(rig.end_of(name), testing::StartsWith("succeeded, ")) << name;
    EXPECT_EQ(cli::number_of<int>(rig.ask({"task", "info", name}), "fail_count"), 0);
  }
  for (unsigned i = 0; i < rounds; ++i)
    EXPECT_THAT(rig.end_of("it-" + std::to_string(i)), testing::Not(testing::StartsWith("failed")));
  EXPECT_TRUE(eventually([&] { return rig.at_device() == 0; }));
  EXPECT_EQ(rig.alarms(), 0);
}

}  // namespace
}  // namespace dunlin::test
