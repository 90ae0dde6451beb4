// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/turns/step_turns.hpp"

#include <gmock/gmock.h>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr agent_id a{1};
constexpr agent_id b{2};

/// A contract over some units; no units = all of them.
share_contract contract(agent_id holder, fencing_token token, std::vector<std::uint32_t> units = {},
                        std::uint32_t lane = 0, duration quantum = {}) {
  share_contract out;
  out.holder = holder;
  out.token = token;
  out.granted.units = std::move(units);
  out.granted.lane = lane;
  out.granted.quantum = quantum;
  return out;
}

share_contract pooled(agent_id holder, fencing_token token, duration quantum = 1ms) {
  auto out = contract(holder, token, {}, 0, quantum);
  out.granted.pooled = true;
  return out;
}

std::vector<agent_id> begun(step_turns& turns) {
  std::vector<agent_id> out;
  turns.take_begun(out);
  return out;
}

TEST(StepTurns, AStepBeginsWhenItsHolderArrives) {
  step_turns some{4, {}};
  some.put(contract(a, 7));
  EXPECT_THAT(begun(some), IsEmpty());

  ASSERT_TRUE(some.arrive(a, 7));

  EXPECT_THAT(begun(some), ElementsAre(a));
  EXPECT_TRUE(some.runs(a));
  EXPECT_THAT(begun(some), IsEmpty()) << "once";
}

TEST(StepTurns, RefusesWhoHasNoShareOrAnOlderOneOrAStepAlready) {
  step_turns some{4, {}};
  some.put(contract(a, 7));
  EXPECT_EQ(some.arrive(b, 7).error().code, errc::not_holder);
  EXPECT_EQ(some.arrive(a, 6).error().code, errc::fenced_off);
  ASSERT_TRUE(some.arrive(a, 7));
  EXPECT_EQ(some.arrive(a, 7).error().code, errc::conflict);
  begun(some);
  EXPECT_EQ(some.arrive(a, 7).error().code, errc::conflict);
}

TEST(StepTurns, HoldersOfOneLaneTakeTurns) {
  step_turns some{4, {}};
  some.put(contract(a, 1, {}, 0, 2ms));
  some.put(contract(b, 2, {}, 0, 2ms));
  ASSERT_TRUE(some.arrive(a, 1));
  ASSERT_TRUE(some.arrive(b, 2));
  std::vector<agent_id> order;
  for (int i = 0; i < 6; ++i) {
    const auto next = begun(some);
    ASSERT_EQ(next.size(), 1U);
    order.push_back(next[0]);
    some.end_step(next[0], 1ms, true);
  }
  EXPECT_THAT(order, ElementsAre(a, a, b, b, a, a));
}

TEST(StepTurns, LanesRunSideBySide) {
  step_turns some{4, {}};
  some.put(contract(a, 1, {0, 1}, 0));
  some.put(contract(b, 2, {2}, 1));
  ASSERT_TRUE(some.arrive(a, 1));
  ASSERT_TRUE(some.arrive(b, 2));
  EXPECT_THAT(begun(some), UnorderedElementsAre(a, b));
}

TEST(StepTurns, ANewContractWaitsForTheStepsThatHaveItsUnits) {
  step_turns some{4, {}};
  some.put(contract(a, 1));
  ASSERT_TRUE(some.arrive(a, 1));
  ASSERT_THAT(begun(some), ElementsAre(a));

  some.put(contract(a, 2, {0, 1}, 0));
  some.put(contract(b, 3, {2, 3}, 1));
  ASSERT_TRUE(some.arrive(b, 3));
  EXPECT_THAT(begun(some), IsEmpty()) << "the step of a still has the whole device";
  some.end_step(a, 1ms, true);

  EXPECT_THAT(begun(some), UnorderedElementsAre(a, b));
}

TEST(StepTurns, WhoIsParkedWaitsForAContract) {
  step_turns some{4, {}};
  some.put(contract(a, 1));
  ASSERT_TRUE(some.arrive(a, 1));
  begun(some);
  some.park(a);
  some.park(a);
  some.end_step(a, 1ms, true);
  EXPECT_THAT(begun(some), IsEmpty());

  some.put(contract(a, 2));

  EXPECT_THAT(begun(some), ElementsAre(a)) << "it still has the step";
}

TEST(StepTurns, AnEndedLeaseKeepsItsUnitsUntilItsStepEnds) {
  step_turns some{4, {}};
  some.put(contract(a, 1));
  some.put(contract(b, 2));
  ASSERT_TRUE(some.arrive(a, 1));
  begun(some);
  ASSERT_TRUE(some.arrive(b, 2));

  some.remove(a);
  EXPECT_THAT(begun(some), IsEmpty());
  some.end_step(a, 1ms, true);

  EXPECT_THAT(begun(some), ElementsAre(b));
  EXPECT_FALSE(some.runs(a));
  EXPECT_EQ(some.arrive(a, 1).error().code, errc::not_holder);
}

TEST(StepTurns, WhoWithdrawsGetsNoTurn) {
  step_turns some{4, {}};
  some.put(contract(a, 1));
  some.put(contract(b, 2));
  ASSERT_TRUE(some.arrive(a, 1));
  ASSERT_TRUE(some.arrive(b, 2));
  some.withdraw(a);
  some.withdraw(a);
  EXPECT_THAT(begun(some), ElementsAre(b));
}

TEST(StepTurns, InAPoolAsManyRunAsThereAreUnitsEachOnOneOfItsOwn) {
  step_turns some{2, {}};
  const agent_id c{3};
  for (const auto one : {a, b, c}) {
    some.put(pooled(one, one.value));
    ASSERT_TRUE(some.arrive(one, one.value));
  }

  EXPECT_THAT(begun(some), ElementsAre(a, b));
  EXPECT_THAT(some.units_of(a), ElementsAre(0));
  EXPECT_THAT(some.units_of(b), ElementsAre(1));
  some.end_step(a, 1ms, true);
  EXPECT_THAT(begun(some), ElementsAre(c)) << "a's turn is over";
  EXPECT_THAT(some.units_of(c), ElementsAre(0));
  some.end_step(b, 1us, true);
  EXPECT_THAT(begun(some), ElementsAre(b)) << "b's turn is not";
}

TEST(StepTurns, InAPoolAHolderComesBackToItsUnitIfThatIsFree) {
  step_turns some{2, {}};
  some.put(pooled(a, 1));
  some.put(pooled(b, 2));
  ASSERT_TRUE(some.arrive(a, 1));
  ASSERT_TRUE(some.arrive(b, 2));
  begun(some);
  some.end_step(a, 1us, false);
  some.end_step(b, 1us, true);

  EXPECT_THAT(begun(some), ElementsAre(b));

  EXPECT_THAT(some.units_of(b), ElementsAre(1));
}

TEST(StepTurns, APoolIsEmptyBeforeTheWholeDeviceIsHadAndTheOtherWayRound) {
  step_turns some{2, {}};
  some.put(pooled(a, 1));
  some.put(pooled(b, 2));
  ASSERT_TRUE(some.arrive(a, 1));
  ASSERT_TRUE(some.arrive(b, 2));
  ASSERT_THAT(begun(some), ElementsAre(a, b));

  some.put(contract(a, 3, {}, 0, 1ms));
  some.put(contract(b, 4, {}, 0, 1ms));
  some.end_step(a, 1ms, true);
  EXPECT_THAT(begun(some), IsEmpty()) << "b's step still has a unit";
  some.end_step(b, 1ms, true);
  const auto first = begun(some);
  ASSERT_EQ(first.size(), 1U) << "one of them has the whole device";

  some.put(pooled(a, 5));
  some.put(pooled(b, 6));
  EXPECT_THAT(begun(some), IsEmpty());
  some.end_step(first[0], 1ms, true);
  EXPECT_THAT(begun(some), UnorderedElementsAre(a, b));
}

TEST(StepTurns, APoolMayHaveSomeOfTheUnits) {
  step_turns some{3, {}};
  auto part = pooled(a, 1);
  part.granted.units = {1};
  some.put(part);
  some.put(contract(b, 2, {0, 2}, 1));
  ASSERT_TRUE(some.arrive(a, 1));
  ASSERT_TRUE(some.arrive(b, 2));

  EXPECT_THAT(begun(some), UnorderedElementsAre(a, b));

  EXPECT_THAT(some.units_of(a), ElementsAre(1));
}

TEST(StepTurns, AnotherQuantumKeepsWhatIsOwed) {
  step_turns some{1, {}};
  some.put(contract(a, 1, {}, 0, 1ms));
  some.put(contract(b, 2, {}, 0, 1ms));
  ASSERT_TRUE(some.arrive(a, 1));
  begun(some);
  some.end_step(a, 10ms, true);  // nine turns in debt
  ASSERT_TRUE(some.arrive(b, 2));

  some.put(contract(a, 3, {}, 0, 3ms));

  int turns_of_b = 0;
  for (auto next = begun(some); next == std::vector{b}; next = begun(some)) {
    ++turns_of_b;
    some.end_step(b, 1ms, true);
  }
  EXPECT_EQ(turns_of_b, 4) << "9 ms of debt are three of its new turns, and the fourth is its own";
}

}  // namespace
}  // namespace dunlin
