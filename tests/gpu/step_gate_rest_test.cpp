// SPDX-License-Identifier: Apache-2.0
// Holders that rest at the gate while they wait for something else: their turn is others' meanwhile.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "gpu/cpu/step_gate.hpp"
#include "tests/gpu/gated_device.hpp"

namespace dunlin {
namespace {

using testing::gated_device;

bool never() { return false; }

TEST(StepGateRest, WhoeverRestsLeavesItsTurnToOthers) {
  gated_device some;
  const auto one = some.ask(1);
  some.slice();
  const auto other = some.ask(2);
  std::atomic<int> looks{0};  // of one that waits
  auto first = some.gate->enter({1}, one, [&] { return ++looks, false; });
  ASSERT_TRUE(first) << to_string(first.error());

  ASSERT_TRUE((*first)->rest());
  auto second = some.gate->enter({2}, other, never);
  ASSERT_TRUE(second) << to_string(second.error());
  looks = 0;
  auto waiting = std::async(std::launch::async, [&] { return (*first)->resume(); });
  while (looks == 0 && waiting.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
    std::this_thread::yield();
  EXPECT_GT(looks, 0) << "it is the other's turn";
  ASSERT_TRUE((*second)->rest());

  EXPECT_TRUE(waiting.get());
}

TEST(StepGateRest, ALeaseThatEndsWhileItsHolderRestsIsSeenAfterwards) {
  gated_device some;
  const auto lease = some.ask(1);
  auto session = some.gate->enter({1}, lease, never);
  ASSERT_TRUE((*session)->rest());

  some.revoke(1);

  EXPECT_EQ((*session)->resume().error().code, errc::lease_expired);
}

}  // namespace
}  // namespace dunlin
