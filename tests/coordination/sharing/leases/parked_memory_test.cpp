// SPDX-License-Identifier: Apache-2.0
// A parked holder keeps its bytes: whoever needs them waits for it, and it has to be able to go on.
#include <gtest/gtest.h>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};

class crowded_memory : public testing::Test {
 protected:
  static arbiter_config config() {
    arbiter_config out;
    out.capacity = {device_id{1}, 4, 1'000};
    out.terms.ttl = 1h;
    return out;
  }

  void ask(std::uint64_t agent, std::uint64_t bytes, std::uint8_t priority = 5) {
    share_request asked{{agent}, {agent}, {.memory_bytes = bytes}, priority};
    asked.in_steps = true;
    ASSERT_TRUE(shares.request(asked, t0, out));
  }

  /// Returns the units of the agent's contract; 0 = it is parked, or has none.
  [[nodiscard]] std::uint32_t units_of(std::uint64_t agent) const {
    for (const auto& one : shares.contracts())
      if (one.holder == agent_id{agent}) return one.granted.compute_units;
    return 0;
  }

  void release(std::uint64_t agent) {
    for (const auto& one : shares.contracts())
      if (one.holder == agent_id{agent}) {
        ASSERT_TRUE(shares.release(one.holder, one.token, t0, out));
      }
  }

  arbiter shares{config(), std::make_unique<exclusive>(config().capacity)};
  sharing_effects out;
};

TEST_F(crowded_memory, AParkedHolderGoesOnBeforeTheOneThatWaitsForItsBytes) {
  ask(1, 700);
  ask(2, 600);   // first in the queue, and does not fit beside agent 1
  ask(3, 0, 9);  // parks agent 1
  EXPECT_EQ(units_of(1), 0U);

  release(3);

  EXPECT_EQ(units_of(1), 4U);
  release(1);
  EXPECT_EQ(units_of(2), 4U);
}

TEST_F(crowded_memory, RoomIsMadeForAParkedHolderThatKeepsWhatTheFirstInTheQueueNeeds) {
  ask(1, 700);
  ask(2, 600);   // first in the queue, and does not fit beside agent 1
  ask(3, 0, 9);  // parks agent 1
  ASSERT_EQ(units_of(3), 4U);

  shares.tick(t0 + config().terms.max_hold, out);

  EXPECT_EQ(units_of(3), 0U) << "it has held long enough";
  EXPECT_EQ(units_of(1), 4U);
}

TEST_F(crowded_memory, AParkedHolderWhoseBytesNobodyNeedsWaitsItsTurn) {
  ask(1, 300);
  ask(2, 600);
  ask(3, 0, 9);

  release(3);

  EXPECT_EQ(units_of(1), 0U);
  EXPECT_EQ(units_of(2), 4U);
}

}  // namespace
}  // namespace dunlin
