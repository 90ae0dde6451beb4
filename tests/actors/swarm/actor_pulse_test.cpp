// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/actor_pulse.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

class ActorPulse : public ::testing::Test {
 protected:
  bool beat() {
    return pulse.beat([this](std::function<void()> done) {
      ++asked;
      answer = std::move(done);
    });
  }

  actor_pulse pulse{3};
  std::function<void()> answer;
  int asked = 0;
};

TEST_F(ActorPulse, GoesOnWhileEveryQuestionIsAnswered) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(beat());
    answer();
  }
  EXPECT_EQ(asked, 10);
}

TEST_F(ActorPulse, StopsWhenOneQuestionIsNotAnsweredForTooLong) {
  EXPECT_TRUE(beat());
  EXPECT_TRUE(beat());
  EXPECT_TRUE(beat());
  EXPECT_FALSE(beat());
  EXPECT_EQ(asked, 1);
}

TEST_F(ActorPulse, ALateAnswerIsOne) {
  EXPECT_TRUE(beat());
  EXPECT_TRUE(beat());
  EXPECT_TRUE(beat());
  answer();
  EXPECT_TRUE(beat());
  EXPECT_TRUE(beat());
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace dunlin
