// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/waiting.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace dunlin::testing {
namespace {

/// A clock that goes on by a minute whenever it is read.
class hasty_clock {
 public:
  time_point operator()() { return now_ += 60s; }

 private:
  time_point now_{};
};

time_point standing_clock() { return time_point{}; }

TEST(Awaited, TheFirstAnswerCounts) {
  awaited<int> answer;
  answer.give(1);
  answer.give(2);

  EXPECT_EQ(answer.wait({}, standing_clock), 1);
}

TEST(Awaited, AnAnswerOfAnotherThreadWakes) {
  awaited<int> answer;
  const std::jthread other{[&] { answer.give(fail(errc::unreachable, "gone")); }};

  const auto got = answer.wait({}, standing_clock);

  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::unreachable);
}

TEST(Awaited, EndsInTime) {
  awaited<int> answer;
  const auto now = [clock = std::make_shared<hasty_clock>()] { return (*clock)(); };

  const auto got = answer.wait({.until = time_point{} + 3min}, now);

  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::timeout);
}

TEST(Awaited, ACancelledTaskDoesNotWait) {
  awaited<int> answer;

  const auto got = answer.wait({.cancelled = [] { return true; }}, standing_clock);

  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::cancelled);
}

TEST(WaitALittle, TheBellOfACancelledTaskWakes) {
  const auto bell = std::make_shared<wake_bell>();
  std::vector<pollfd> what;
  const std::jthread other{[&] { bell->ring(); }};

  do {
    what.clear();
    ASSERT_TRUE(wait_a_little(what, {.bell = bell}, time_point{}));
  } while (what.back().revents == 0);

  EXPECT_EQ(what.back().fd, bell->descriptor());
}

}  // namespace
}  // namespace dunlin::testing
