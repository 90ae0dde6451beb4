// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/home_choice.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr incarnation leader{100};
constexpr incarnation a{1};
constexpr incarnation b{2};

/// A leader's process and two others, in this order.
struct home_choice_test : testing::Test {
  home_choice choice{"cpu", 40};
  home_choice_test() {
    choice.on_here("leader", leader, true);
    choice.on_here("a", a, false);
    choice.on_here("b", b, false);
  }
  [[nodiscard]] std::string home() const {
    for (const auto& one : choice.appointment().sharers)
      if (one.sharer == choice.appointment().home) return one.node;
    return {};
  }
};

using HomeChoice = home_choice_test;

TEST_F(HomeChoice, TheLeadersProcessHandsOverToTheFirstOther) {
  EXPECT_EQ(home(), "a");
  EXPECT_EQ(choice.appointment().epoch, 42U) << "it was there alone first";
  EXPECT_EQ(choice.appointment().sharers.size(), 3U);
}

TEST_F(HomeChoice, TheLongestThereIsNext) {
  EXPECT_TRUE(choice.on_silent(a));

  EXPECT_EQ(home(), "b");
  EXPECT_EQ(choice.appointment().epoch, 43U);
  EXPECT_EQ(choice.appointment().sharers.size(), 3U) << "the silent one may still hold something";
}

TEST_F(HomeChoice, OneThatIsGoneIsNamedNoLonger) {
  EXPECT_TRUE(choice.on_gone(a));

  EXPECT_EQ(home(), "b");
  EXPECT_EQ(choice.appointment().sharers.size(), 2U);
}

TEST_F(HomeChoice, TheLeaderIsHomeIfThereIsNobodyElse) {
  choice.on_gone(a);
  choice.on_silent(b);
  EXPECT_EQ(home(), "leader");

  EXPECT_TRUE(choice.on_here("b", b, false));
  EXPECT_EQ(home(), "b");
}

TEST_F(HomeChoice, WhoeverComesBackIsNoHomeAgain) {
  choice.on_silent(a);
  const auto before = choice.appointment();

  EXPECT_FALSE(choice.on_here("a", a, false));

  EXPECT_EQ(choice.appointment(), before);
}

TEST_F(HomeChoice, IfNobodyAnswersTheHomeStays) {
  choice.on_silent(leader);
  choice.on_silent(b);

  EXPECT_FALSE(choice.on_silent(a));

  EXPECT_EQ(home(), "a");
  EXPECT_EQ(choice.appointment().epoch, 42U);
}

TEST_F(HomeChoice, OneThatIsGoneIsNoHomeEvenIfNobodyAnswers) {
  choice.on_silent(leader);
  choice.on_silent(b);
  choice.on_gone(a);
  EXPECT_EQ(choice.appointment().home, sharer_id{});

  choice.on_answers(b);
  EXPECT_EQ(home(), "b");
}

TEST_F(HomeChoice, ANewLifeOfANodeIsAnotherSharer) {
  choice.on_gone(b);
  choice.on_here("b", {3}, false);

  const auto& sharers = choice.appointment().sharers;
  ASSERT_EQ(sharers.size(), 3U);
  EXPECT_EQ(sharers.back().sharer, sharer_id{4});
}

TEST_F(HomeChoice, RevisionsRiseWithEveryAppointment) {
  const auto before = choice.appointment().revision;
  choice.on_gone(b);
  EXPECT_EQ(choice.appointment().revision, before + 1);
}

TEST_F(HomeChoice, WithoutSharersThereIsNoHome) {
  for (const auto life : {leader, a, b}) choice.on_gone(life);
  EXPECT_EQ(choice.appointment().home, sharer_id{});

  choice.on_here("c", {9}, false);
  EXPECT_EQ(home(), "c");
}

}  // namespace
}  // namespace dunlin
