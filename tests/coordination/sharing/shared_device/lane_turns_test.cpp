// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/lane_turns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr sharer_id p{1};
constexpr sharer_id q{2};
const lane_key whole{};
const lane_key left_half{1, false, {0, 1}};
const lane_key right_half{2, false, {2, 3}};

/// What the home and two processes tell each other about turns, in the order in which it is said.
struct turns_story {
  lane_turns turns{4, make_epoch(7, 0)};
  std::uint64_t sequence = 0;

  /// Returns what the process is told now.
  std::vector<lane_permit> told(sharer_id to) { return turns.told_to(to, ++sequence); }

  /// The process has heard everything, and says that these turns of its are over.
  void is_over(sharer_id who, const lane_permit& turn, duration busy) {
    turns.on_report(who, std::vector<sharer_turn>{{turn, true, busy}}, sequence);
  }
  void has(sharer_id who, const lane_permit& turn) {
    turns.on_report(who, std::vector<sharer_turn>{{turn, false, duration{0}}}, sequence);
  }
  void plan(const std::vector<lane_claim>& claims) { turns.plan(claims); }
};

struct LaneTurns : turns_story, testing::Test {};

TEST_F(LaneTurns, OneAloneHasTheTurnUntilItIsAskedBack) {
  plan({{p, whole, 0ms}});

  const auto turn = told(p);

  ASSERT_EQ(turn.size(), 1U);
  EXPECT_EQ(turn.front().quantum, 0ms);
  EXPECT_EQ(term_of(turn.front().serial), 7U) << "serials are of the home's epoch";
}

TEST_F(LaneTurns, ASecondOneThatWantsTheLaneWaitsForTheFirst) {
  plan({{p, whole, 10ms}});
  const auto first = told(p).front();
  plan({{p, whole, 10ms}, {q, whole, 30ms}});
  EXPECT_THAT(told(p), IsEmpty()) << "asked back";
  EXPECT_THAT(told(q), IsEmpty());
  has(p, first);
  plan({{p, whole, 10ms}, {q, whole, 30ms}});
  EXPECT_THAT(told(q), IsEmpty()) << "a step of the first still runs";

  is_over(p, first, 90ms);
  plan({{p, whole, 10ms}, {q, whole, 30ms}});

  const auto next = told(p);
  ASSERT_EQ(next.size(), 1U) << "what it took alone is not charged";
  EXPECT_EQ(next.front().quantum, 10ms);
  is_over(p, next.front(), 10ms);
  plan({{p, whole, 10ms}, {q, whole, 30ms}});
  ASSERT_EQ(told(q).size(), 1U);
  EXPECT_EQ(told(q).front().quantum, 30ms);
}

TEST_F(LaneTurns, AnOverrunIsTakenOffTheNextTurn) {
  const std::vector<lane_claim> both{{p, whole, 10ms}, {q, whole, 10ms}};
  plan(both);
  is_over(p, told(p).front(), 14ms);
  plan(both);
  is_over(q, told(q).front(), 10ms);
  plan(both);

  EXPECT_EQ(told(p).front().quantum, 6ms);
}

TEST_F(LaneTurns, WhoeverWantsNothingIsPassedOver) {
  plan({{p, whole, 10ms}, {q, whole, 10ms}});
  is_over(p, told(p).front(), 2ms);

  plan({{p, whole, 0ms}, {q, whole, 10ms}});

  EXPECT_EQ(told(q).front().quantum, 0ms) << "alone again";
}

TEST_F(LaneTurns, LanesBesideEachOtherHaveTheirTurnsAtOnce) {
  plan({{p, left_half, 10ms}, {q, right_half, 10ms}});

  EXPECT_EQ(told(p).front().lane, left_half);
  EXPECT_EQ(told(q).front().lane, right_half);
}

TEST_F(LaneTurns, UnitsThatChangeHandsWaitUntilTheyAreLeft) {
  plan({{p, whole, 10ms}});
  const auto old = told(p).front();

  plan({{p, left_half, 10ms}, {q, right_half, 10ms}});

  EXPECT_THAT(told(q), IsEmpty());
  EXPECT_EQ(told(p).size(), 1U) << "its own gate keeps its own steps apart";
  turns.on_report(p, std::vector<sharer_turn>{{old, true, 1ms}, {turns.told_to(p, sequence).front(), false, 0ms}},
                  sequence);
  plan({{p, left_half, 10ms}, {q, right_half, 10ms}});
  ASSERT_EQ(told(q).size(), 1U);
  EXPECT_THAT(turns.on_unit(2), ElementsAre(q));
  EXPECT_THAT(turns.on_unit(0), ElementsAre(p));
}

TEST_F(LaneTurns, ATurnThatNeverArrivedIsFreeOnceANewerMessageDid) {
  plan({{p, whole, 10ms}});
  told(p);
  plan({{p, whole, 10ms}, {q, whole, 10ms}});
  turns.on_report(p, {}, sequence - 1);  // said before it heard of the turn
  plan({{p, whole, 10ms}, {q, whole, 10ms}});
  EXPECT_THAT(told(q), IsEmpty()) << "it may still be on its way";
  told(p);

  turns.on_report(p, {}, sequence);
  plan({{q, whole, 10ms}});

  EXPECT_EQ(told(q).size(), 1U);
}

TEST_F(LaneTurns, WhatAnEarlierHomeGaveIsKeptApartToo) {
  const lane_permit old{make_epoch(6, 9), whole, 20ms};
  turns.adopt(q, old);

  plan({{p, whole, 10ms}, {q, whole, 10ms}});
  EXPECT_THAT(told(p), IsEmpty());
  EXPECT_THAT(told(q), ElementsAre(old));

  is_over(q, old, 20ms);
  plan({{p, whole, 10ms}, {q, whole, 0ms}});
  EXPECT_EQ(told(p).size(), 1U);
}

TEST_F(LaneTurns, AProcessThatEndedLeavesItsTurns) {
  plan({{p, whole, 10ms}});
  told(p);

  turns.forget(p);
  plan({{q, whole, 10ms}});

  EXPECT_EQ(told(q).size(), 1U);
}

TEST_F(LaneTurns, WhoeverHasSomethingNewToHearIsNamed) {
  std::set<sharer_id> changed;
  plan({{p, whole, 10ms}});
  turns.take_changed(changed);
  EXPECT_EQ(changed, std::set{p});
  told(p);

  changed.clear();
  plan({{p, whole, 10ms}});
  turns.take_changed(changed);
  EXPECT_THAT(changed, IsEmpty());
}

}  // namespace
}  // namespace dunlin
