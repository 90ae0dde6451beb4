// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/placement_policy.hpp"

#include <gmock/gmock.h>

#include <array>
#include <map>

namespace dunlin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Optional;

constexpr shape_id shape = 0;

std::unique_ptr<placement_policy> policy(std::string_view name, const worker_index& index) {
  auto made = make_policy(name, index);
  EXPECT_TRUE(made.has_value());
  return std::move(*made);
}

worker_index& with_workers(worker_index& index, std::uint32_t count, std::uint32_t capacity) {
  std::vector<worker_slot> slots;
  for (std::uint32_t i = 0; i < count; ++i) slots.push_back(index.add_worker(capacity));
  index.define_shape(shape, slots);
  return index;
}

TEST(PlacementPolicy, UnknownNameListsTheKnownOnes) {
  worker_index index;
  const auto made = make_policy("random", index);

  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, errc::invalid_argument);
  EXPECT_THAT(made.error().hint, AllOf(HasSubstr("round_robin"), HasSubstr("least_loaded"), HasSubstr("capability")));
}

TEST(PlacementPolicy, EveryKnownNameMakesThePolicyOfThatName) {
  worker_index index;
  EXPECT_EQ(policy_names().size(), 3U);
  for (const auto name : policy_names()) EXPECT_EQ(policy(name, index)->name(), name);
}

TEST(PlacementPolicy, NoneIsPickedWithoutRoom) {
  worker_index index;
  with_workers(index, 2, 1);
  index.add_load(0);
  index.close(1);
  for (const auto name : policy_names()) EXPECT_EQ(policy(name, index)->pick(shape), std::nullopt) << name;
}

TEST(RoundRobin, GivesEachWorkerTheSameNumberOfTurns) {
  worker_index index;
  with_workers(index, 5, 1'000);
  const auto turns = policy("round_robin", index);

  std::map<worker_slot, int> picks;
  for (int i = 0; i < 5 * 20; ++i) ++picks[*turns->pick(shape)];

  EXPECT_EQ(picks.size(), 5U);
  for (const auto& [worker, count] : picks) EXPECT_EQ(count, 20) << worker;
}

TEST(RoundRobin, SkipsFullWorkersAndComesBackToThem) {
  worker_index index;
  with_workers(index, 3, 1);
  const auto turns = policy("round_robin", index);
  index.add_load(1);

  EXPECT_THAT(turns->pick(shape), Optional(0));
  EXPECT_THAT(turns->pick(shape), Optional(2));
  index.remove_load(1);
  EXPECT_THAT(turns->pick(shape), Optional(0));
  EXPECT_THAT(turns->pick(shape), Optional(1));
}

TEST(LeastLoaded, SpreadsInProportionToCapacity) {
  worker_index index;
  const auto small = index.add_worker(8);
  const auto large = index.add_worker(24);
  index.define_shape(shape, std::array{small, large});
  const auto least = policy("least_loaded", index);

  for (int i = 0; i < 16; ++i) index.add_load(*least->pick(shape));

  EXPECT_EQ(index.status(small).load, 4U);
  EXPECT_EQ(index.status(large).load, 12U);
}

TEST(Capability, SparesBroadWorkersUntilTheNarrowAreFull) {
  worker_index index;
  const auto broad = index.add_worker(2, 5);
  const auto narrow = index.add_worker(2, 1);
  index.define_shape(shape, std::array{broad, narrow});
  const auto specialised = policy("capability", index);

  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(specialised->pick(shape), Optional(narrow));
    index.add_load(narrow);
  }
  EXPECT_THAT(specialised->pick(shape), Optional(broad));
}

TEST(Capability, AmongEquallyBroadTakesTheLeastLoaded) {
  worker_index index;
  with_workers(index, 2, 4);
  index.add_load(0);
  EXPECT_THAT(policy("capability", index)->pick(shape), Optional(1));
}

TEST(PlacementPolicy, ExplainNamesTheRejectingTermOfEach) {
  worker_index index;
  with_workers(index, 3, 2);
  index.add_worker(2);
  index.add_load(0, 2);
  index.close(1);
  const auto record = policy("least_loaded", index)->explain(shape);

  ASSERT_EQ(record.size(), 4U);
  EXPECT_EQ(record[0].worker, 2U);
  EXPECT_TRUE(record[0].eligible);
  EXPECT_EQ(record[1].rejecting_term, "full: 2 of 2");
  EXPECT_EQ(record[2].rejecting_term, "takes no new work");
  EXPECT_EQ(record[3].rejecting_term, "cannot run this shape");
}

TEST(PlacementPolicy, ExplainPutsTheNextPickFirst) {
  worker_index index;
  with_workers(index, 4, 8);
  index.add_load(0, 3);
  index.add_load(1, 1);
  index.add_load(2, 2);
  index.add_load(3, 4);
  for (const auto name : policy_names()) {
    const auto chosen = policy(name, index);
    if (name == "round_robin") {
      EXPECT_THAT(chosen->pick(shape), Optional(0));
    }
    const auto first = chosen->explain(shape).front();
    EXPECT_THAT(chosen->pick(shape), Optional(first.worker)) << name;
  }
}

TEST(PlacementPolicy, MayBeReplacedWhileTasksRun) {
  worker_index index;
  with_workers(index, 3, 4);
  auto current = policy("round_robin", index);
  index.add_load(*current->pick(shape), 2);

  current = policy("least_loaded", index);

  EXPECT_THAT(current->pick(shape), Optional(1));
}

}  // namespace
}  // namespace dunlin
