// SPDX-License-Identifier: Apache-2.0
// The promises at the top of fair_pool.hpp, one by one and over random histories.
#include "coordination/sharing/patterns/fair_pool.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace dunlin {
namespace {

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};

/// Runs a step of whoever is next on the only unit, and returns who that was.
agent_id run_one(fair_pool& some, duration step) {
  const auto next = some.begin().value();
  some.charge(next, step);
  some.set_ready(next, true);
  return next;
}

fair_pool pool_of(std::uint32_t units, const std::vector<std::pair<agent_id, duration>>& ready) {
  fair_pool out{units};
  for (const auto& [agent, quantum] : ready) {
    out.add(agent, quantum);
    out.set_ready(agent, true);
  }
  return out;
}

TEST(FairPool, NamesNobodyWhileNobodyIsReady) {
  auto some = pool_of(2, {{a, 1ms}});
  EXPECT_EQ(some.begin(), a);
  EXPECT_FALSE(some.begin()) << "it runs one step at a time";
  some.set_ready(a, false);
  EXPECT_FALSE(some.begin());
}

TEST(FairPool, ATurnGoesOnUntilItsQuantumIsUsed) {
  auto some = pool_of(1, {{a, 2ms}, {b, 2ms}});
  std::vector<agent_id> order(6);
  for (auto& next : order) next = run_one(some, 1ms);
  EXPECT_EQ(order, (std::vector{a, a, b, b, a, a}));
}

TEST(FairPool, WhoComesBackFromAPauseHasSavedNothingUp) {
  auto some = pool_of(1, {{a, 1ms}, {b, 1ms}});
  some.set_ready(b, false);
  for (int i = 0; i < 100; ++i) run_one(some, 1ms);
  some.set_ready(b, true);

  int of_b = 0;
  for (int i = 0; i < 10; ++i) of_b += run_one(some, 1ms) == b ? 1 : 0;

  EXPECT_NEAR(of_b, 5, 1);
}

TEST(FairPool, AnotherQuantumKeepsWhatIsOwed) {
  auto some = pool_of(1, {{a, 1ms}, {b, 1ms}});
  run_one(some, 10ms);  // a is nine turns ahead
  some.set_quantum(a, 3ms);

  int turns_of_b = 0;
  while (run_one(some, 1ms) == b) ++turns_of_b;

  EXPECT_EQ(turns_of_b, 4) << "10 ms are three of its new turns and a bit";
}

TEST(FairPool, AnAgentThatCouldUseMoreThanAUnitKeepsNobodyAwayLater) {
  auto some = pool_of(2, {{a, 100ms}, {b, 1ms}});
  for (int i = 0; i < 100; ++i)
    for (const auto next : {some.begin().value(), some.begin().value()}) {
      some.charge(next, 1ms);
      some.set_ready(next, true);
    }
  some.add(c, 1ms);
  some.set_ready(c, true);

  std::map<agent_id, int> steps;
  for (int i = 0; i < 100; ++i)
    for (const auto next : {some.begin().value(), some.begin().value()}) {
      ++steps[next];
      some.charge(next, 1ms);
      some.set_ready(next, true);
    }

  EXPECT_NEAR(steps[a], 100, 2);
  EXPECT_NEAR(steps[b], 50, 3);
  EXPECT_NEAR(steps[c], 50, 3);
}

/// Agents with random quanta and steps, always ready, on random units, in time.
RC_GTEST_PROP(FairPool, BusyTimeFollowsTheQuantaWhateverTheStepsAre, ()) {
  const auto units = *rc::gen::inRange<std::uint32_t>(1, 4);
  const auto count = units * 2 + 1;
  std::map<agent_id, duration> quantum;
  fair_pool some{units};
  for (std::uint64_t i = 1; i <= count; ++i) {
    quantum[{i}] = *rc::gen::inRange(8, 13) * 1ms;  // none is worth a whole unit
    some.add({i}, quantum[{i}]);
    some.set_ready({i}, true);
  }
  std::map<agent_id, duration> busy;
  std::multimap<duration, std::pair<agent_id, duration>> ends;
  duration now{0};
  const duration all = 200 * count * 10ms / units;
  while (now < all) {
    while (ends.size() < units) {
      const auto next = some.begin();
      RC_ASSERT(next.has_value());  // more are ready than there are units
      const auto step = *rc::gen::inRange(100, 5'000) * 1us;
      ends.emplace(now + step, std::pair{*next, step});
    }
    const auto [agent, step] = ends.begin()->second;
    now = ends.begin()->first;
    ends.erase(ends.begin());
    busy[agent] += step;
    some.charge(agent, step);
    some.set_ready(agent, true);
  }
  double least = 1e9;
  double most = 0;
  for (const auto& [agent, used] : busy) {
    const auto turns = static_cast<double>(used.count()) / static_cast<double>(quantum[agent].count());
    least = std::min(least, turns);
    most = std::max(most, turns);
  }
  RC_ASSERT(busy.size() == count);
  RC_ASSERT(most - least <= 2.7);  // two turns, and a step of 5 ms at a quantum of 8 ms
}

}  // namespace
}  // namespace dunlin
