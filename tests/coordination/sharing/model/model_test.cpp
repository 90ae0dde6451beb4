// SPDX-License-Identifier: Apache-2.0
// Three agents on two devices under each pattern: all interleavings of what they, the operators and time can do, up to
// a depth. DUNLIN_MODEL chooses how far: `quick` (a few seconds), `full` (under a minute, SharingModel.FullDepth of
// ctest) or `deep` (`./dev nightly model`).
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/coordination/sharing/model/model_checker.hpp"

namespace dunlin::model {
namespace {

using testing::HasSubstr;

struct course {
  bounds limits;
  std::uint32_t depth = 0;
};

std::string_view how_far() {
  const auto* chosen = std::getenv("DUNLIN_MODEL");
  return chosen == nullptr ? "quick" : chosen;
}

/// Few disturbances far, many near.
std::vector<course> courses() {
  if (how_far() == "quick") return {{{0, 1}, 9}, {{2, 2}, 5}};
  if (how_far() == "full") return {{{0, 1}, 14}, {{1, 1}, 7}};
  return {{{0, 1}, 14}, {{1, 0}, 14}, {{1, 1}, 10}, {{2, 2}, 7}};
}

void print(const setting& device, const course& one, const findings& found, double seconds) {
  std::cout << to_string(device) << ", " << int{one.limits.disturbances} << " disturbances, " << int{one.limits.waits}
            << " waits: " << found.states << " states, " << found.transitions << " transitions, depth " << found.depth
            << ", " << found.device_states << " states of a device, " << found.comparisons << " compared, " << seconds
            << " s\n";
}

std::uint64_t explore(const setting& device) {
  std::uint64_t states = 0;
  for (const auto& one : courses()) {
    const auto began = std::chrono::steady_clock::now();
    swarm_model swarm{device, one.limits};
    const auto found = model_checker{swarm}.explore(one.depth);
    print(device, one, found, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    EXPECT_TRUE(found.story.empty()) << found.story;
    EXPECT_EQ(found.depth, one.depth);
    EXPECT_GT(found.comparisons, 0U);
    states += found.states;
  }
  if (how_far() != "quick") {
    EXPECT_GE(states, 1'000'000U) << to_string(device);
  }
  return states;
}

TEST(SharingModel, NoHistoryEndsInADeadlockADoubleGrantOrALostWakeUp) {
  std::uint64_t states = 0;
  for (const auto& device : settings()) states += explore(device);
  std::cout << states << " distinct states\n";
}

// -- and it finds what is wrong

TEST(SharingModel, TellsTheShortestStoryOfADeviceThatIsNotToldOfParking) {
  swarm_model swarm{{0}, {0, 0}, sabotage::parking_is_not_told};

  const auto found = model_checker{swarm}.explore(9);

  EXPECT_EQ(found.story,
            "devices shared exclusive on 4 units and 100 bytes\n"
            "1. device A: agent 1 asks\n"
            "     agent 1 is granted a share\n"
            "2. device A: agent 2 asks\n"
            "     agent 1 is parked\n"
            "     agent 2 is granted a share\n"
            "3. device A: agent 1 gets its next message\n"
            "     it says: is granted a share\n"
            "4. device A: agent 1 has a step to run\n"
            "     a step of agent 1 begins\n"
            "     WRONG: agent 1 begins a step while it is parked\n"
            "  => device A: agent 1 begins a step while it is parked\n");
}

TEST(SharingModel, FindsStepsThatGoOnAfterTheirLease) {
  swarm_model swarm{{1}, {1, 0}, sabotage::revoked_steps_go_on};
  EXPECT_THAT(model_checker{swarm}.explore(9).story, HasSubstr("a step of an older token is let in"));
}

}  // namespace
}  // namespace dunlin::model
