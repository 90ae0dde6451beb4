// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/memory_pressure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using ::testing::HasSubstr;

constexpr time_point t0{1'000s};

/// 1 000 bytes, full at 900, calm below 750, five seconds ahead.
memory_pressure thousand() { return memory_pressure::make(1'000).value(); }

TEST(MemoryPressure, RefusesMarksThatContradictEachOther) {
  EXPECT_EQ(memory_pressure::make(1'000, {.high = 0.5, .low = 0.6}).error().code, errc::invalid_argument);
  EXPECT_EQ(memory_pressure::make(1'000, {.high = 1.5}).error().code, errc::invalid_argument);
  EXPECT_EQ(memory_pressure::make(1'000, {.smoothing = 0}).error().path, "smoothing");
}

TEST(MemoryPressure, AdmitsWhileItIsCalm) {
  auto pressure = thousand();
  for (int i = 0; i < 20; ++i) pressure.on_sample(700, t0 + i * 1s);

  EXPECT_FALSE(pressure.is_pressed());
  EXPECT_EQ(pressure.full_in(), std::nullopt);
  EXPECT_TRUE(pressure.admit(100));
}

TEST(MemoryPressure, ForeseesThatASteadyGrowthFillsIt) {
  auto pressure = thousand();
  int second = 0;
  for (; second < 60 && !pressure.is_pressed(); ++second) pressure.on_sample(100 + 20 * second, t0 + second * 1s);

  // It is at its high mark after 40 s; five seconds before is 35 s.
  EXPECT_GE(second, 33);
  EXPECT_LE(second, 38);
  ASSERT_TRUE(pressure.full_in());
  EXPECT_LE(*pressure.full_in(), 5s);
  EXPECT_EQ(pressure.admit(1).error().code, errc::overloaded);
  EXPECT_THAT(pressure.admit(1).error().context, HasSubstr("% in use, full in "));
}

TEST(MemoryPressure, IsPressedAboveItsHighMarkWhateverTheTrend) {
  auto pressure = thousand();
  pressure.on_sample(950, t0);

  EXPECT_TRUE(pressure.is_pressed());
  EXPECT_EQ(pressure.full_in(), 0s);
}

TEST(MemoryPressure, EndsOnlyBelowItsLowMark) {
  auto pressure = thousand();
  pressure.on_sample(950, t0);
  for (int i = 1; i < 30; ++i) pressure.on_sample(800, t0 + i * 1s);
  EXPECT_TRUE(pressure.is_pressed());

  for (int i = 30; i < 60; ++i) pressure.on_sample(600, t0 + i * 1s);
  EXPECT_FALSE(pressure.is_pressed());
}

TEST(MemoryPressure, CountsAFailedAllocation) {
  auto pressure = thousand();
  pressure.on_sample(100, t0);

  pressure.on_exhausted();

  EXPECT_FALSE(pressure.admit(1));
  EXPECT_TRUE(pressure.admit(0));
}

TEST(MemoryPressure, TakesSamplesOfOneMomentForOne) {
  auto pressure = thousand();
  pressure.on_sample(100, t0);
  pressure.on_sample(500, t0);

  EXPECT_EQ(pressure.full_in(), std::nullopt);
}

}  // namespace
}  // namespace dunlin
