// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/wake_habit.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr duration quick = std::chrono::microseconds{3};
constexpr duration slow = std::chrono::microseconds{30};

wake_habit after(std::initializer_list<duration> wake_ups) {
  wake_habit out;
  for (const auto each : wake_ups) out.on_woken(each);
  return out;
}

TEST(WakeHabit, LeavesThreadsAloneUntilItKnows) {
  EXPECT_FALSE(wake_habit{}.ties_next());
  EXPECT_FALSE(after({slow, slow, slow}).ties_next());
}

TEST(WakeHabit, TiesWhereAllLateWakeUpsWereSlow) { EXPECT_TRUE(after({slow, slow, slow, slow}).ties_next()); }

TEST(WakeHabit, OneThatWasSlowOnABusyMachineIsNoReason) { EXPECT_FALSE(after({slow, slow, quick, slow}).ties_next()); }

TEST(WakeHabit, LooksFromTimeToTimeWhetherItIsStillSo) {
  auto habit = after({slow, slow, slow, slow});
  unsigned left_alone = 0;
  for (unsigned i = 0; i < 4 * wake_habit::left_alone; ++i) {
    if (habit.ties_next()) continue;
    ++left_alone;
    habit.on_woken(quick);
  }

  EXPECT_EQ(left_alone, wake_habit::looked_at);
  EXPECT_FALSE(habit.ties_next()) << "wake-ups are quick now";
}

}  // namespace
}  // namespace dunlin
