// SPDX-License-Identifier: Apache-2.0
#include "cli/up/exit_deadline.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

namespace dunlin::cli {
namespace {

void hang_at_the_end(std::chrono::milliseconds patience) {
  const exit_deadline bound{patience, [] { std::fputs("node-1 had to be ended by force", stderr); }};
  for (;;) ::pause();
}

TEST(ExitDeadline, EndsAProcessThatHangsAndSaysWhy) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");

  EXPECT_EXIT(hang_at_the_end(std::chrono::milliseconds{20}), testing::ExitedWithCode(1), "ended by force");
}

TEST(ExitDeadline, DoesNothingToAnEndInTime) {
  bool said = false;

  {
    const exit_deadline bound{std::chrono::minutes{10}, [&] { said = true; }};
  }

  EXPECT_FALSE(said);
}

}  // namespace
}  // namespace dunlin::cli
