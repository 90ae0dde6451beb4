// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/turns/lane_permits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordination/sharing/turns/step_turns.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr time_point t0{1'000s};
constexpr agent_id a{1};
constexpr agent_id b{2};
const lane_key whole{};

share_contract contract_of(agent_id holder, fencing_token token) {
  share_contract out;
  out.holder = holder;
  out.token = token;
  out.granted.quantum = 10ms;
  return out;
}

/// Two holders of one lane that have steps to run.
struct LanePermits : testing::Test {
  step_turns turns{4, {}};
  time_point now = t0;

  LanePermits() {
    turns.need_permits();
    turns.permits()->valid_until(t0 + 1s);
    turns.put(contract_of(a, 1));
    turns.put(contract_of(b, 2));
    EXPECT_TRUE(turns.arrive(a, 1));
    EXPECT_TRUE(turns.arrive(b, 2));
  }
  std::vector<agent_id> begun() {
    std::vector<agent_id> out;
    turns.take_begun(out, now);
    return out;
  }
  std::vector<fencing_token> spent(duration* busy = nullptr) {
    std::vector<spent_permit> out;
    turns.permits()->take_spent(out);
    std::vector<fencing_token> serials;
    for (const auto& one : out) {
      serials.push_back(one.serial);
      if (busy != nullptr) *busy = one.busy;
    }
    return serials;
  }
};

TEST_F(LanePermits, NoStepBeginsWithoutOne) {
  EXPECT_THAT(begun(), IsEmpty());
  turns.permits()->open({7, {3, false, {}}, 0ms});
  EXPECT_THAT(begun(), IsEmpty()) << "of another lane";

  turns.permits()->open({8, whole, 0ms});
  EXPECT_THAT(begun(), ElementsAre(a));
}

TEST_F(LanePermits, NoStepBeginsWhenItsTimeIsOver) {
  turns.permits()->open({8, whole, 0ms});
  now = t0 + 1s;
  EXPECT_THAT(begun(), IsEmpty());

  turns.permits()->valid_until(t0 + 2s);
  EXPECT_THAT(begun(), ElementsAre(a));
}

TEST_F(LanePermits, AQuantumIsSpentByAllHolders) {
  turns.permits()->open({8, whole, 12ms});
  begun();
  turns.end_step(a, 10ms, true);
  EXPECT_THAT(begun(), ElementsAre(b));
  turns.end_step(b, 3ms, true);

  EXPECT_THAT(begun(), IsEmpty());
  duration busy{0};
  EXPECT_THAT(spent(&busy), ElementsAre(8U));
  EXPECT_EQ(busy, 13ms) << "with the overrun";
}

TEST_F(LanePermits, IsSpentOnlyWhenItsStepsHaveEnded) {
  turns.permits()->open({8, whole, 0ms});
  begun();
  turns.permits()->close(8);
  EXPECT_THAT(spent(), IsEmpty());

  turns.end_step(a, 4ms, true);

  EXPECT_THAT(begun(), IsEmpty());
  EXPECT_THAT(spent(), ElementsAre(8U));
}

TEST_F(LanePermits, AQuantumThatNobodyWantsIsPassedOn) {
  turns.permits()->open({8, whole, 50ms});
  begun();
  turns.withdraw(b);
  turns.end_step(a, 4ms, false);
  begun();

  EXPECT_THAT(spent(), ElementsAre(8U));
}

TEST_F(LanePermits, OneWithoutAQuantumIsKeptThoughNobodyWantsIt) {
  turns.permits()->open({8, whole, 0ms});
  begun();
  turns.withdraw(b);
  turns.end_step(a, 4ms, false);
  begun();

  EXPECT_THAT(spent(), IsEmpty());
}

TEST_F(LanePermits, APoolBeginsAStepOnEachUnitUnderOne) {
  step_turns pool{2, {}};
  pool.need_permits();
  pool.permits()->valid_until(t0 + 1s);
  for (const auto agent : {a, b}) {
    auto contract = contract_of(agent, agent.value);
    contract.granted.pooled = true;
    pool.put(contract);
    EXPECT_TRUE(pool.arrive(agent, agent.value));
  }
  pool.permits()->open({8, {0, true, {}}, 10ms});
  std::vector<agent_id> out;
  pool.take_begun(out, now);
  EXPECT_THAT(out, ElementsAre(a, b));

  pool.end_step(a, 10ms, true);
  std::vector<spent_permit> over;
  pool.permits()->take_spent(over);
  EXPECT_TRUE(over.empty()) << "the other step runs";
  pool.end_step(b, 5ms, true);
  pool.permits()->take_spent(over);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over.front().busy, 15ms);
}

}  // namespace
}  // namespace dunlin
