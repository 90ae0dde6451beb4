// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/worker_index.hpp"

#include <gmock/gmock.h>

#include <array>

namespace dunlin {
namespace {

using testing::Optional;

constexpr shape_id shape = 3;

/// `count` workers of one capacity, all eligible for `shape`.
struct fleet {
  explicit fleet(std::uint32_t count, std::uint32_t capacity = 4) {
    for (std::uint32_t i = 0; i < count; ++i) slots.push_back(index.add_worker(capacity));
    index.define_shape(shape, slots);
  }
  worker_index index;
  std::vector<worker_slot> slots;
};

TEST(WorkerIndex, UnknownShapeHasNoRoom) {
  fleet some{2};
  EXPECT_FALSE(some.index.has_room(99));
  EXPECT_EQ(some.index.least_loaded(99), std::nullopt);
  EXPECT_EQ(some.index.most_specialised(99), std::nullopt);
  EXPECT_EQ(some.index.next_in_turn(99, 0), std::nullopt);
  EXPECT_TRUE(some.index.eligible(99).empty());
  EXPECT_EQ(some.index.class_of(99), std::nullopt);
}

TEST(WorkerIndex, FullWorkersAreNotPicked) {
  fleet some{2, 1};
  some.index.add_load(0);
  EXPECT_THAT(some.index.least_loaded(shape), Optional(1));

  some.index.add_load(1);
  EXPECT_FALSE(some.index.has_room(shape));
  EXPECT_EQ(some.index.least_loaded(shape), std::nullopt);

  some.index.remove_load(0);
  EXPECT_THAT(some.index.least_loaded(shape), Optional(0));
}

TEST(WorkerIndex, ComparesFillNotLoad) {
  worker_index index;
  const auto large = index.add_worker(64);
  const auto small = index.add_worker(4);
  index.define_shape(shape, std::array{large, small});
  index.add_load(large, 8);
  index.add_load(small, 1);

  EXPECT_THAT(index.least_loaded(shape), Optional(large));
}

TEST(WorkerIndex, EqualsAreTakenInTheOrderTheyReachedTheirLevel) {
  fleet some{3};
  some.index.add_load(0);
  some.index.remove_load(0);

  EXPECT_THAT(some.index.least_loaded(shape), Optional(1));
}

TEST(WorkerIndex, ClosedWorkerKeepsItsLoadAndTakesNothing) {
  fleet some{1};
  some.index.add_load(0, 2);

  some.index.close(0);
  some.index.remove_load(0);
  EXPECT_FALSE(some.index.has_room(shape));
  EXPECT_EQ(some.index.status(0).load, 1U);

  some.index.open(0);
  EXPECT_TRUE(some.index.has_room(shape));
}

TEST(WorkerIndex, ShrunkCapacityMayLieBelowTheLoad) {
  fleet some{1, 8};
  some.index.add_load(0, 6);

  some.index.set_capacity(0, 4);
  EXPECT_FALSE(some.index.has_room(shape));

  some.index.remove_load(0, 3);
  EXPECT_TRUE(some.index.has_room(shape));
}

TEST(WorkerIndex, RemovingMoreLoadThanThereIsLeavesNone) {
  fleet some{1};
  some.index.add_load(0);
  some.index.remove_load(0, 7);
  EXPECT_EQ(some.index.status(0).load, 0U);
  EXPECT_TRUE(some.index.has_room(shape));
}

TEST(WorkerIndex, RemovedWorkerIsGoneAndItsSlotComesBackIdle) {
  fleet some{2};
  some.index.add_load(1, 3);
  some.index.close(1);

  some.index.remove_worker(1);
  EXPECT_FALSE(some.index.exists(1));
  EXPECT_FALSE(some.index.eligible(shape).contains(1));

  EXPECT_EQ(some.index.add_worker(4), 1U);
  EXPECT_TRUE(some.index.status(1).has_room());
  EXPECT_EQ(some.index.status(1).load, 0U);
  EXPECT_FALSE(some.index.eligible(shape).contains(1)) << "no shape may use a new worker yet";
}

TEST(WorkerIndex, LastEligibleWorkerLeavingLeavesTheShapeWithout) {
  fleet some{1};
  some.index.remove_worker(0);
  EXPECT_FALSE(some.index.has_room(shape));
  EXPECT_EQ(some.index.class_count(), 0U);
}

TEST(WorkerIndex, EqualShapesShareOneClass) {
  fleet some{3};
  some.index.define_shape(7, std::array<worker_slot, 4>{2, 1, 0, 1});
  EXPECT_EQ(some.index.class_count(), 1U);
  EXPECT_EQ(some.index.class_of(7), some.index.class_of(shape));

  some.index.define_shape(8, std::array<worker_slot, 1>{2});
  EXPECT_EQ(some.index.class_count(), 2U);
}

TEST(WorkerIndex, ShapesPartWhenEligibilityDiffersAndMeetAgain) {
  fleet some{3};
  some.index.define_shape(7, some.slots);

  some.index.set_eligible(7, 0, false);
  EXPECT_EQ(some.index.class_count(), 2U);
  EXPECT_TRUE(some.index.eligible(shape).contains(0));
  EXPECT_FALSE(some.index.eligible(7).contains(0));

  some.index.set_eligible(shape, 0, false);
  EXPECT_EQ(some.index.class_count(), 1U);

  some.index.forget_shape(7);
  some.index.forget_shape(shape);
  EXPECT_EQ(some.index.class_count(), 0U);
}

TEST(WorkerIndex, JoiningWorkerEntersManyShapesAtOnce) {
  fleet some{2};
  some.index.define_shape(7, some.slots);
  some.index.define_shape(8, std::array<worker_slot, 1>{0});
  const auto late = some.index.add_worker(4);

  some.index.set_eligible(std::array<shape_id, 5>{shape, 7, 8, 9, 7}, late, true);

  for (const shape_id each : {shape, shape_id{7}, shape_id{8}, shape_id{9}})
    EXPECT_TRUE(some.index.eligible(each).contains(late)) << each;
  EXPECT_EQ(some.index.class_count(), 3U);
  EXPECT_THAT(some.index.least_loaded(9), Optional(late));
}

TEST(WorkerIndex, WorkersThatDivergedShapesByLeavingLetThemMerge) {
  fleet some{3};
  some.index.define_shape(7, std::array<worker_slot, 2>{0, 1});
  EXPECT_EQ(some.index.class_count(), 2U);

  some.index.remove_worker(2);

  EXPECT_EQ(some.index.class_count(), 1U);
  EXPECT_THAT(some.index.least_loaded(7), Optional(0));
}

}  // namespace
}  // namespace dunlin
