// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/processor_use.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace dunlin::flight {
namespace {

TEST(ProcessorUse, AddsUpAllThatIsNotIdle) {
  // user nice system idle iowait irq softirq steal guest
  EXPECT_DOUBLE_EQ(busy_seconds("cpu  100 20 30 9999 8888 4 5 1 77 0\ncpu0 1 1 1 1 1 1 1 1 1\n", 100), 1.6);
}

TEST(ProcessorUse, IsZeroForAnythingElse) {
  EXPECT_EQ(busy_seconds("", 100), 0);
  EXPECT_EQ(busy_seconds("cpu0 100 20 30 9999 8888 4 5 1", 100), 0);
  EXPECT_EQ(busy_seconds("cpu  100 20", 100), 0);
  EXPECT_EQ(busy_seconds("cpu  100 20 30 9999 8888 4 5 1", 0), 0);
}

TEST(ProcessorUse, OthersAreAllButOurs) {
  EXPECT_DOUBLE_EQ(others_share({10, 1}, {16, 3}, 4), 1);
  EXPECT_DOUBLE_EQ(others_share({10, 1}, {12, 3.5}, 4), 0) << "the clocks tick apart";
  EXPECT_DOUBLE_EQ(others_share({10, 1}, {16, 3}, 0), 0);
}

TEST(ProcessorUse, RisesWithWork) {
  const auto before = read_processor_use();
  const auto until = std::clock() + CLOCKS_PER_SEC / 50;  // of this process' own time
  while (std::clock() < until) continue;
  const auto after = read_processor_use();

  EXPECT_GE(after.own_seconds - before.own_seconds, 0.019);
  EXPECT_GE(after.machine_seconds, before.machine_seconds);
  EXPECT_GT(after.machine_seconds, 0);
}

}  // namespace
}  // namespace dunlin::flight
