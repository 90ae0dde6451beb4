// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/turns/turn_ring.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

namespace dunlin {
namespace {

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};

/// A device that runs one step after the other for whoever's turn it is.
class device {
 public:
  explicit device(const turn_terms& terms = {}) : ring(terms) {}

  void add(agent_id agent, duration quantum, duration step, bool interactive = false) {
    ring.add(agent, quantum, interactive);
    ring.set_ready(agent, true);
    steps_[agent] = step;
  }

  /// Runs the next step. Returns whose it was; 0 if nobody has one.
  agent_id run() {
    const auto now = ring.advance();
    if (!now) return {};
    const auto step = steps_[*now];
    ring.charge(*now, step);
    busy[*now] += step;
    clock += step;
    return *now;
  }

  void run_for(duration time) {
    for (const auto end = clock + time; clock < end;) run();
  }

  turn_ring ring;
  std::map<agent_id, duration> busy;
  duration clock{0};

 private:
  std::map<agent_id, duration> steps_;
};

TEST(TurnRing, NobodyIsReady) {
  turn_ring ring{{}};
  EXPECT_FALSE(ring.advance());
  ring.add(a, 10ms, false);
  EXPECT_FALSE(ring.advance()) << "it has nothing to run";
}

TEST(TurnRing, ACopyGoesOnByItselfAsTheOriginalWould) {
  device one;
  one.add(a, 4ms, 3ms);
  one.add(b, 2ms, 3ms);
  one.add(c, 2ms, 1ms, true);
  one.run_for(20ms);

  auto copy = std::make_unique<device>(one);
  copy->ring.set_ready(b, false);
  copy->ring.set_ready(b, true);
  device other = one;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(other.run(), one.run());
  copy.reset();

  EXPECT_NE(one.run(), agent_id{});
}

TEST(TurnRing, ADebtIsPaidOffAlikeHoweverLongTheDeviceHasBeenRunning) {
  const std::vector<agent_id> all{a, b, c, agent_id{4}};
  const auto left_after = [&](int turns_before) {
    turn_ring ring{{}};
    for (const auto agent : all) ring.add(agent, 8ms, false);
    for (const auto agent : all) ring.set_ready(agent, true);
    for (int i = 0; i < turns_before; ++i) ring.charge(*ring.advance(), 7ms);
    ring.charge(a, 800ms);
    ring.set_ready(a, false);
    for (int i = 0; i < 3; ++i) ring.charge(b, 8ms);  // a third of a round each
    const auto owed = ring.left(a);
    ring.set_ready(a, true);
    return ring.left(a) - owed;
  };

  EXPECT_EQ(left_after(0), 8ms);
  EXPECT_EQ(left_after(1'000'003), 8ms);
}

TEST(TurnRing, ADebtIsNotPaidOffByTurnsBeforeIt) {
  turn_ring ring{{}};
  ring.add(a, 10ms, false);  // its step of before runs on
  ring.add(b, 10ms, false);
  ring.set_ready(b, true);
  for (int i = 0; i < 5; ++i) ring.charge(*ring.advance(), 10ms);

  ring.charge(a, 20ms);
  ring.set_ready(a, true);

  EXPECT_EQ(ring.left(a), -20ms);
}

TEST(TurnRing, OneAloneRunsAllTheTime) {
  device one;
  one.add(a, 10us, 50ms);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(one.run(), a);
}

TEST(TurnRing, ATurnEndsWhenItsQuantumIsUsed) {
  device one;
  one.add(a, 3ms, 1ms);
  one.add(b, 3ms, 1ms);
  std::vector<agent_id> order;
  order.reserve(9);
  for (int i = 0; i < 9; ++i) order.push_back(one.run());
  EXPECT_EQ(order, (std::vector<agent_id>{a, a, a, b, b, b, a, a, a}));
}

TEST(TurnRing, AnOverrunIsTakenOffTheNextTurns) {
  device one;
  one.add(a, 10ms, 35ms);
  one.add(b, 10ms, 1ms);
  EXPECT_EQ(one.run(), a);
  std::size_t turns_of_b = 0;
  while (one.run() == b) ++turns_of_b;
  EXPECT_EQ(turns_of_b, 30U) << "three turns, because a is 25 ms in debt";
}

TEST(TurnRing, BusyTimeFollowsTheWeights) {
  device one;
  one.add(a, 6ms, 1ms);
  one.add(b, 3ms, 3ms);
  one.add(c, 1ms, 700us);
  one.run_for(10s);  // a hundred turns of everyone
  EXPECT_NEAR(one.busy[a] / 1.0s, 6.0, 0.06);
  EXPECT_NEAR(one.busy[b] / 1.0s, 3.0, 0.03);
  EXPECT_NEAR(one.busy[c] / 1.0s, 1.0, 0.02);
}

TEST(TurnRing, WhoIsIdleSavesNothingUp) {
  device one;
  one.add(a, 10ms, 1ms);
  one.add(b, 10ms, 1ms);
  one.ring.set_ready(b, false);
  one.run_for(1s);
  one.ring.set_ready(b, true);
  one.busy.clear();
  one.run_for(200ms);
  EXPECT_NEAR(one.busy[b] / 1.0ms, 100, 10);
}

TEST(TurnRing, ADebtIsPaidOffWhileOthersAreServed) {
  device one;
  one.add(a, 10ms, 500ms);
  one.add(b, 10ms, 1ms);
  EXPECT_EQ(one.run(), a);
  one.ring.set_ready(a, false);
  one.run_for(2s);
  one.ring.set_ready(a, true);
  EXPECT_EQ(one.ring.left(a), duration{0}) << "b had more than a's debt";
}

TEST(TurnRing, AnInteractiveAgentGoesNextButNotBeyondItsBurst) {
  device one{{.burst = 5ms}};
  one.add(a, 50ms, 1ms);
  EXPECT_EQ(one.run(), a);
  one.add(b, 50ms, 1ms, true);
  std::vector<agent_id> order;
  order.reserve(7);
  for (int i = 0; i < 7; ++i) order.push_back(one.run());
  EXPECT_EQ(order, (std::vector<agent_id>{b, b, b, b, b, a, a}));
}

TEST(TurnRing, WithoutPreemptionItWaitsForTheEndOfTheTurn) {
  device one{{.burst = 5ms, .preemption_allowed = false}};
  one.add(a, 4ms, 1ms);
  EXPECT_EQ(one.run(), a);
  one.add(b, 4ms, 1ms, true);
  EXPECT_EQ(one.run(), a);
  EXPECT_EQ(one.run(), a);
  EXPECT_EQ(one.run(), a);
  EXPECT_EQ(one.run(), b);
}

TEST(TurnRing, ATurnThatWasCutInOnGoesOnWithWhatWasLeft) {
  device one{{.burst = 2ms}};
  one.add(a, 10ms, 1ms);
  one.add(c, 10ms, 1ms);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(one.run(), a);
  one.add(b, 10ms, 1ms, true);
  EXPECT_EQ(one.run(), b);
  EXPECT_EQ(one.run(), b);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(one.run(), a) << i;
  EXPECT_NE(one.run(), a);
}

TEST(TurnRing, WhoIsRemovedInItsTurnMakesRoom) {
  device one;
  one.add(a, 10ms, 1ms);
  one.add(b, 10ms, 1ms);
  EXPECT_EQ(one.run(), a);
  one.ring.remove(a);
  EXPECT_EQ(one.run(), b);
  EXPECT_FALSE(one.ring.contains(a));
}

/// Always ready, any quanta and steps: shares follow the quanta within a turn and a step of each.
RC_GTEST_PROP(TurnRing, NobodyIsFurtherFromItsShareThanATurnAndAStep, ()) {
  const auto count = *rc::gen::inRange<std::uint64_t>(2, 7);
  const duration burst = std::chrono::milliseconds{*rc::gen::inRange(0, 30)};
  device one{{.burst = burst}};
  duration quanta{0};
  duration slack{0};
  std::map<agent_id, duration> quantum_of;
  for (std::uint64_t i = 1; i <= count; ++i) {
    const duration quantum = std::chrono::microseconds{*rc::gen::inRange(1'000, 50'000)};
    const duration step = std::chrono::microseconds{*rc::gen::inRange(10, 20'000)};
    one.add(agent_id{i}, quantum, step, *rc::gen::inRange(0, 4) == 0);
    quantum_of[agent_id{i}] = quantum;
    quanta += quantum;
    slack = std::max(slack, step + quantum);
  }
  one.run_for(20s);
  for (const auto& [agent, quantum] : quantum_of) {
    const auto fair = one.clock.count() * (static_cast<double>(quantum.count()) / static_cast<double>(quanta.count()));
    const auto off = static_cast<double>(one.busy[agent].count()) - fair;
    RC_ASSERT(std::abs(off) < static_cast<double>(((slack + burst) * static_cast<int>(count)).count()));
  }
}

/// Readiness comes and goes: the device never rests while somebody is ready, and nobody waits beyond the bound.
RC_GTEST_PROP(TurnRing, NeverRestsAndStarvesNobody, (const std::vector<std::uint16_t>& words)) {
  constexpr std::uint64_t agents = 5;
  constexpr duration step = 2ms;
  constexpr duration round = 15ms;  // of all quanta
  device one{{.burst = 5ms}};
  std::map<agent_id, bool> ready;
  std::map<agent_id, duration> since;
  for (std::uint64_t i = 1; i <= agents; ++i) {
    one.add(agent_id{i}, 1ms * i, step, i == 2);
    ready[agent_id{i}] = true;
  }
  for (const auto word : words) {
    const agent_id who{1 + word % agents};
    if ((word >> 8 & 3) == 0) {
      ready[who] = !ready[who];
      one.ring.set_ready(who, ready[who]);
      since[who] = one.clock;
    }
    const auto ran = one.run();
    const bool anybody = std::ranges::any_of(ready, [](const auto& each) { return each.second; });
    RC_ASSERT((ran != agent_id{}) == anybody);
    if (!anybody) continue;
    RC_ASSERT(ready[ran]);
    since[ran] = one.clock;
    // A debt is at most a step or a burst, which the smallest quantum pays off in that many rounds.
    for (const auto& [agent, is] : ready) RC_ASSERT(!is || one.clock - since[agent] < 8 * (round + agents * step));
  }
}

}  // namespace
}  // namespace dunlin
