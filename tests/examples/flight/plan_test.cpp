// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "coordination/tasks/validation.hpp"
#include "examples/flight/nodes.hpp"
#include "tests/examples/flight/serial_flight.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight {
namespace {

class FlightPlan : public testing::Test {
 protected:
  std::vector<task_spec> planned(const flight_size& size = {}) const {
    auto plan = make_plan(places_in(directory_.path()), size);
    EXPECT_TRUE(plan) << to_string(plan.error());
    return plan.value_or(std::vector<task_spec>{});
  }

  scratch_directory directory_;
};

TEST_F(FlightPlan, HasAboutThreeHundredTasksThatASwarmAccepts) {
  const auto plan = planned();

  EXPECT_GE(plan.size(), 270U);
  EXPECT_LE(plan.size(), 340U);
  const auto accepted = validate_batch(plan);
  EXPECT_TRUE(accepted) << to_string(accepted.error());
}

TEST_F(FlightPlan, HoldsTheFiguresThatAreToBeReached) {
  const auto plan = planned();
  const auto tasks = [&plan](const std::string& beginning) {
    return std::ranges::count_if(plan, [&](const task_spec& task) { return task.name.starts_with(beginning); });
  };

  for (int seed = 0; seed < 10; ++seed) EXPECT_EQ(tasks("digits-" + std::to_string(seed) + "-"), 5) << seed;
  EXPECT_EQ(flight_size{}.maze_batches * flight_size{}.mazes, 1'000U);
  EXPECT_GT(tasks("quantum-grover-"), 0);
  EXPECT_GT(tasks("quantum-vqe-"), 0);
  EXPECT_GT(tasks("quantum-noise-"), 0);
}

TEST_F(FlightPlan, UsesSeveralPrioritiesAndDependsOnlyOnWhatComesBefore) {
  std::set<std::string> seen;
  std::set<int> priorities;
  std::size_t dependent = 0;
  for (const auto& task : planned()) {
    for (const auto& before : task.depends_on) EXPECT_TRUE(seen.contains(before)) << task.name << " after " << before;
    dependent += task.depends_on.empty() ? 0 : 1;
    priorities.insert(task.priority);
    seen.insert(task.name);
  }
  EXPECT_GE(priorities.size(), 4U);
  EXPECT_GE(dependent, 50U);
}

TEST_F(FlightPlan, EveryTaskHasANodeAndEveryNodeHasWork) {
  std::map<std::string, std::size_t> work;
  for (const auto& task : planned()) {
    std::size_t able = 0;
    for (const auto& node : flight_nodes()) {
      const bool can = std::ranges::all_of(task.shape.capabilities, [&](const std::string& wanted) {
        return std::ranges::find(node.capabilities, wanted) != node.capabilities.end();
      });
      able += can ? 1 : 0;
      work[node.name] += can ? 1 : 0;
    }
    EXPECT_GE(able, 1U) << task.name;
  }
  ASSERT_EQ(work.size(), 3U);
  for (const auto& [node, tasks] : work) EXPECT_GE(tasks, 50U) << node;
}

TEST_F(FlightPlan, KeysTellRunsApart) {
  const scratch_directory other;
  const auto again = make_plan(places_in(other.path()), {});
  std::set<std::string> keys;
  for (const auto& task : planned()) keys.insert(task.idempotency_key);

  ASSERT_TRUE(again);
  EXPECT_EQ(keys.size(), again->size());
  for (const auto& task : *again) EXPECT_FALSE(keys.contains(task.idempotency_key)) << task.idempotency_key;
}

TEST_F(FlightPlan, SaysWhichDocumentsAreMissing) {
  auto places = places_in(directory_.path());
  places.corpus = {{directory_.path() + "/nothing", ""}};

  const auto refused = make_plan(places);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::not_found);
  EXPECT_THAT(refused.error().context, testing::HasSubstr("/nothing"));
}

}  // namespace
}  // namespace dunlin::flight
