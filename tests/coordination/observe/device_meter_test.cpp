// SPDX-License-Identifier: Apache-2.0
#include "coordination/observe/device_meter.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};

TEST(DeviceMeter, SaysNothingAtTheFirstLook) {
  device_meter meter;

  EXPECT_EQ(meter.busy_permille(500, 2, t0), std::nullopt);
}

TEST(DeviceMeter, CountsWhatAllUnitsDidSinceTheLookBefore) {
  device_meter meter;
  static_cast<void>(meter.busy_permille(1'000'000'000, 2, t0));

  EXPECT_EQ(meter.busy_permille(1'100'000'000, 2, t0 + 200ms), 250);
  EXPECT_EQ(meter.busy_permille(1'100'000'000, 2, t0 + 400ms), 0);
}

TEST(DeviceMeter, SaysNoMoreThanAllAndNoLessThanNothing) {
  device_meter meter;
  static_cast<void>(meter.busy_permille(0, 1, t0));

  EXPECT_EQ(meter.busy_permille(5'000'000'000, 1, t0 + 1s), 1'000) << "helpers were counted late";
  EXPECT_EQ(meter.busy_permille(4'000'000'000, 1, t0 + 2s), 0);
}

TEST(DeviceMeter, CountsWhatItHasSeenOnce) {
  device_meter meter;
  static_cast<void>(meter.busy_permille(0, 1, t0));
  static_cast<void>(meter.busy_permille(500'000'000, 1, t0 + 1s));
  static_cast<void>(meter.busy_permille(100'000'000, 1, t0 + 2s));  // the step that ends is in neither figure

  EXPECT_EQ(meter.busy_permille(600'000'000, 1, t0 + 3s), 100);
}

TEST(DeviceMeter, SaysNothingWhereNoTimeHasPassed) {
  device_meter meter;
  static_cast<void>(meter.busy_permille(0, 1, t0));

  EXPECT_EQ(meter.busy_permille(10, 1, t0), std::nullopt);
}

}  // namespace
}  // namespace dunlin
