// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/device_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu/cpu/cpu_device.hpp"
#include "tests/support/fake_device.hpp"

namespace dunlin {
namespace {

using ::testing::HasSubstr;

constexpr milliseconds at_once{0};

TEST(DeviceProbe, TriesAProcessor) {
  cpu_device_options options;
  options.workers = 1;
  options.memory_bytes = 16 << 20;
  const std::shared_ptr<device_port> device = cpu_device::make(options).value();

  const auto probed = probe_device(device);

  EXPECT_TRUE(probed.outcome) << to_string(probed.outcome.error());
  EXPECT_EQ(probed.is.kind, "cpu");
  EXPECT_GE(probed.telemetry.held_bytes, 1U << 20U);
  EXPECT_GT(probed.wall_ns, 0U);
}

TEST(DeviceProbe, AStepThatEndsTooLateStillHasItsMemory) {
  const auto device = std::make_shared<testing::fake_device>();

  const auto probed = probe_device(device, at_once);

  ASSERT_FALSE(probed.outcome);
  EXPECT_EQ(probed.outcome.error().code, errc::timeout);
  EXPECT_EQ(device->run_all(), 1U) << "after all";
}

TEST(DeviceProbe, SaysWhatTheDeviceSays) {
  testing::fake_device_options full;
  full.queue_capacity = 0;

  const auto probed = probe_device(std::make_shared<testing::fake_device>(full), at_once);

  ASSERT_FALSE(probed.outcome);
  EXPECT_THAT(probed.outcome.error().context, HasSubstr("the fake device is full"));
}

}  // namespace
}  // namespace dunlin
