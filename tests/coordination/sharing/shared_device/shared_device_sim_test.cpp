// SPDX-License-Identifier: Apache-2.0
// Three processes, one device and what can go wrong between them, in virtual time.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/coordination/sharing/shared_device/shared_world.hpp"

namespace dunlin::sim {
namespace {

constexpr std::uint64_t endless = ~std::uint64_t{0};

share_options shared_by(sharing_pattern pattern) {
  share_options out;
  out.pattern = pattern;
  return out;
}

/// Three processes that have a home.
struct shared_device_sim : testing::Test {
  shared_world world;
  std::uint64_t first = world.start();
  std::uint64_t second = world.start();
  std::uint64_t third = world.start();

  void share_by(sharing_pattern pattern) {
    world.run_for(100ms);
    world.coordinate(shared_by(pattern));
    world.run_for(100ms);
  }
  void TearDown() override { EXPECT_EQ(world.broken(), ""); }
};

using SharedDeviceSim = shared_device_sim;

TEST_F(SharedDeviceSim, AgentsOfThreeProcessesHaveUnitsOfTheirOwn) {
  share_by(sharing_pattern::space_partitioned);

  const auto a = world.add(first, {.wish = {.compute_milli = 250}, .steps = endless});
  const auto b = world.add(second, {.wish = {.compute_milli = 250}, .steps = endless});
  const auto c = world.add(third, {.wish = {.compute_milli = 500}, .steps = endless});
  world.run_for(1s);

  EXPECT_EQ(world.of(first, a).grant.compute_units, 1U);
  EXPECT_EQ(world.of(third, c).grant.compute_units, 2U);
  for (const auto& one : {world.of(first, a), world.of(second, b), world.of(third, c)}) EXPECT_GT(one.steps, 480U);
}

TEST_F(SharedDeviceSim, TurnsGoRoundBetweenProcessesByWeight) {
  share_by(sharing_pattern::time_sliced);
  const auto a = world.add(first, {.wish = {.weight = 100}, .steps = endless, .step = 1ms});
  const auto b = world.add(second, {.wish = {.weight = 200}, .steps = endless, .step = 2ms});
  const auto c = world.add(third, {.wish = {.weight = 50}, .steps = endless, .step = 1ms});
  const auto d = world.add(third, {.wish = {.weight = 50}, .steps = endless, .step = 500us});
  world.run_for(200ms);
  const std::array before{world.of(first, a).busy, world.of(second, b).busy, world.of(third, c).busy,
                          world.of(third, d).busy};

  world.run_for(100 * 45ms);  // a round is 40 ms of work, and the way of three messages

  const std::array after{world.of(first, a).busy, world.of(second, b).busy, world.of(third, c).busy,
                         world.of(third, d).busy};
  const std::array weights{100.0, 200.0, 50.0, 50.0};
  double sum = 0;
  for (std::size_t i = 0; i < after.size(); ++i) sum += static_cast<double>((after[i] - before[i]).count());
  for (std::size_t i = 0; i < after.size(); ++i)
    EXPECT_NEAR(static_cast<double>((after[i] - before[i]).count()) / sum, weights[i] / 400, 0.02 * weights[i] / 400);
}

TEST_F(SharedDeviceSim, WhoeverWantsNothingIsPassedOver) {
  share_by(sharing_pattern::time_sliced);
  world.add(first, {.steps = endless, .step = 1ms, .think = 400ms});
  const auto busy = world.add(second, {.steps = endless, .step = 1ms});

  world.run_for(2s);

  EXPECT_GT(world.of(second, busy).busy, 1'800ms);
}

TEST_F(SharedDeviceSim, ADeadHomesDeviceGoesOnUnderASuccessor) {
  share_by(sharing_pattern::space_partitioned);
  world.add(first, {.wish = {.compute_milli = 500}, .steps = endless});
  const auto b = world.add(second, {.wish = {.compute_milli = 250, .memory_bytes = 600}, .steps = endless});
  const auto c = world.add(third, {.wish = {.compute_milli = 250, .memory_bytes = 400}, .steps = endless});
  world.run_for(500ms);
  const auto token = world.of(second, b).token;
  const auto steps = world.of(second, b).steps;

  world.kill(first);
  const auto waits = world.add(third, {.wish = {.compute_milli = 500}, .steps = endless});
  world.run_for(100ms);  // shorter than the TTL: that the process is gone is certain

  EXPECT_EQ(world.home(), second);
  EXPECT_EQ(world.epoch(), 2U);
  EXPECT_GT(world.of(second, b).token, token);
  EXPECT_GE(world.of(second, b).steps, steps + 48);
  EXPECT_EQ(world.of(second, b).failures + world.of(third, c).failures, 0U);
  EXPECT_GT(world.of(third, waits).steps, 10U);
}

TEST_F(SharedDeviceSim, WhatASilentHomeMayHoldIsNotGrantedBeforeItsTimeIsOver) {
  share_by(sharing_pattern::exclusive);
  const auto held = world.add(first, {.steps = endless});
  world.run_for(100ms);
  const auto waits = world.add(second, {.steps = endless});
  world.run_for(50ms);

  world.pause(first);
  world.run_for(190ms);
  EXPECT_EQ(world.of(second, waits).steps, 0U);
  world.run_for(300ms);
  EXPECT_GT(world.of(second, waits).steps, 50U);

  const auto before = world.of(first, held).steps;
  world.resume(first);
  world.run_for(100ms);
  EXPECT_LE(world.of(first, held).steps, before + 1) << "it ended the step that it was in, and began no other";
  EXPECT_TRUE(world.of(first, held).parked);
  EXPECT_EQ(world.of(first, held).failures, 0U);
}

TEST_F(SharedDeviceSim, AHomeThatComesBackLearnsThatItIsNone) {
  share_by(sharing_pattern::time_sliced);
  const auto a = world.add(first, {.steps = endless});
  const auto b = world.add(second, {.steps = endless});
  world.pause(first);
  world.run_for(600ms);
  EXPECT_EQ(world.home(), second);

  world.resume(first);
  world.run_for(300ms);

  const auto before = world.of(first, a).steps;
  world.run_for(400ms);
  EXPECT_GT(world.of(first, a).steps, before + 50) << "its agent takes turns with the others again";
  EXPECT_EQ(world.of(first, a).failures + world.of(second, b).failures, 0U);
  EXPECT_EQ(world.epoch(), 2U);
}

TEST_F(SharedDeviceSim, AHomeThatTheLeaderCannotHearStopsInTime) {
  share_by(sharing_pattern::exclusive);
  const auto held = world.add(first, {.steps = endless});
  world.run_for(100ms);
  const auto waits = world.add(third, {.steps = endless});
  world.run_for(50ms);

  world.cut_off(first, true);
  world.run_for(400ms);

  EXPECT_EQ(world.home(), second);
  const auto before = world.of(first, held).steps + world.of(third, waits).steps;
  world.run_for(200ms);
  EXPECT_GE(world.of(first, held).steps + world.of(third, waits).steps, before + 90) << "the device is not idle";
  EXPECT_EQ(world.of(first, held).failures, 0U);
}

TEST_F(SharedDeviceSim, ASharerThatDiesLeavesItsShareToOthers) {
  share_by(sharing_pattern::exclusive);
  world.add(third, {.steps = endless});
  world.run_for(50ms);
  const auto waits = world.add(second, {.steps = endless});
  world.run_for(50ms);

  world.kill(third);
  world.run_for(100ms);

  EXPECT_GT(world.of(second, waits).steps, 20U);
  EXPECT_EQ(world.epoch(), 1U);
}

TEST_F(SharedDeviceSim, ASuccessorBelievesNobodyWhoseLeaseWasGivenAway) {
  share_by(sharing_pattern::time_sliced);
  const auto lost = world.add(third, {.wish = {.memory_bytes = 600}, .steps = endless});
  world.run_for(50ms);
  world.pause(third);
  const auto held = world.add(second, {.wish = {.memory_bytes = 600}, .steps = endless});
  world.run_for(400ms);
  ASSERT_GT(world.of(second, held).steps, 10U);

  world.kill(first);
  world.resume(third);
  world.run_for(300ms);

  EXPECT_FALSE(world.of(second, held).parked);
  EXPECT_TRUE(world.of(third, lost).parked) << "it claims an older token, and has been silent";
  EXPECT_EQ(world.of(second, held).failures + world.of(third, lost).failures, 0U);
}

TEST_F(SharedDeviceSim, TwoHomesInARowDie) {
  share_by(sharing_pattern::time_sliced);
  const auto c = world.add(third, {.wish = {.memory_bytes = 900}, .steps = endless});
  world.add(second, {.wish = {.memory_bytes = 100}, .steps = endless});
  world.run_for(100ms);

  world.kill(first);
  world.run_for(8ms);
  world.kill(second);
  world.run_for(200ms);

  const auto before = world.of(third, c).steps;
  world.run_for(200ms);
  EXPECT_GE(world.of(third, c).steps, before + 99);
  EXPECT_EQ(world.of(third, c).failures, 0U);
  EXPECT_EQ(world.home(), third);
}

}  // namespace
}  // namespace dunlin::sim
