// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/fence.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(Fence, LetsTheNewestHolderThroughAgainAndAgain) {
  fence gate;
  EXPECT_EQ(gate.admit(7), errc::none);
  EXPECT_EQ(gate.admit(7), errc::none);
  EXPECT_EQ(gate.admit(8), errc::none);
  EXPECT_EQ(gate.highest(), 8U);
}

TEST(Fence, RefusesAHolderThatWokeUpTooLate) {
  fence gate;
  EXPECT_EQ(gate.admit(8), errc::none);
  EXPECT_EQ(gate.admit(7), errc::fenced_off);
  EXPECT_EQ(gate.highest(), 8U);
}

TEST(Fence, RaisedFenceRefusesBeforeTheNewHolderComes) {
  fence gate;
  EXPECT_EQ(gate.admit(7), errc::none);
  gate.raise(8);
  EXPECT_EQ(gate.admit(7), errc::fenced_off);
  gate.raise(3);
  EXPECT_EQ(gate.admit(7), errc::fenced_off) << "a fence never sinks";
  EXPECT_EQ(gate.admit(8), errc::none);
}

}  // namespace
}  // namespace dunlin
