// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/step_turns.hpp"

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
