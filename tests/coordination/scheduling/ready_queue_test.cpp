// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/ready_queue.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};
constexpr auto everywhere = [](shape_id) { return true; };
constexpr auto always = [](task_slot) { return true; };

std::optional<std::uint32_t> pop(ready_queue& queue) {
  const auto task = queue.pop_best(everywhere, always);
  return task ? std::optional{task->task.index} : std::nullopt;
}

std::vector<std::uint32_t> drain(ready_queue& queue) {
  std::vector<std::uint32_t> out;
  while (const auto index = pop(queue)) out.push_back(*index);
  return out;
}

TEST(ReadyQueue, EmptyQueueGivesNothing) {
  ready_queue queue;
  EXPECT_EQ(pop(queue), std::nullopt);
}

TEST(ReadyQueue, HigherPriorityLeavesFirst) {
  ready_queue queue;
  queue.push({1}, 0, 1, t0);
  queue.push({2}, 0, 10, t0);
  queue.push({3}, 1, 5, t0);
  EXPECT_THAT(drain(queue), testing::ElementsAre(2, 3, 1));
}

TEST(ReadyQueue, EqualsLeaveInOrderOfArrivalAcrossShapes) {
  ready_queue queue;
  for (std::uint32_t i = 0; i < 300; ++i) queue.push({i}, i % 7, 5, t0);
  const auto order = drain(queue);
  EXPECT_EQ(order.size(), 300U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(ReadyQueue, WaitingCountsAsPriority) {
  ready_queue queue{10s};
  queue.push({1}, 0, 1, t0);
  queue.push({2}, 0, 10, t0 + 89s);
  queue.push({3}, 0, 10, t0 + 91s);
  EXPECT_THAT(drain(queue), testing::ElementsAre(2, 1, 3));
}

TEST(ReadyQueue, ShapeWithoutRoomIsAskedOnceUntilUnparked) {
  ready_queue queue;
  queue.push({1}, 0, 9, t0);
  queue.push({2}, 1, 5, t0);
  queue.push({3}, 1, 5, t0);
  int asked = 0;
  const auto not_shape_0 = [&](shape_id shape) { return shape == 0 ? (++asked, false) : true; };

  EXPECT_EQ(queue.pop_best(not_shape_0, always)->task.index, 2U);
  EXPECT_EQ(queue.pop_best(not_shape_0, always)->task.index, 3U);
  EXPECT_FALSE(queue.pop_best(not_shape_0, always).has_value());
  queue.push({4}, 0, 10, t0);
  EXPECT_FALSE(queue.pop_best(not_shape_0, always).has_value());
  EXPECT_EQ(asked, 1);

  queue.unpark(0);
  EXPECT_THAT(drain(queue), testing::ElementsAre(4, 1));
}

TEST(ReadyQueue, UnparkAllBringsEveryShapeBack) {
  ready_queue queue;
  for (std::uint32_t i = 0; i < 5; ++i) queue.push({i}, i, 5, t0);
  EXPECT_FALSE(queue.pop_best([](shape_id) { return false; }, always).has_value());
  EXPECT_EQ(pop(queue), std::nullopt);

  queue.unpark_all();
  queue.unpark(77);

  EXPECT_EQ(drain(queue).size(), 5U);
}

TEST(ReadyQueue, TasksThatAreNoLongerReadyAreThrownAway) {
  ready_queue queue;
  for (std::uint32_t i = 0; i < 4; ++i) queue.push({i, i}, 0, 5, t0);
  const auto odd = [](task_slot task) { return task.generation % 2 == 1; };

  EXPECT_EQ(queue.pop_best(everywhere, odd)->task, (task_slot{1, 1}));
  EXPECT_EQ(queue.size(), 2U);
}

TEST(ReadyQueue, TidyingKeepsTheOrderOfTheLiving) {
  ready_queue queue;
  for (std::uint32_t i = 0; i < 5'000; ++i) queue.push({i}, i % 3, 5, t0);
  const auto is_ready = [](task_slot task) { return task.index % 5 == 0; };
  queue.tidy(2'000, is_ready);
  EXPECT_EQ(queue.size(), 5'000U) << "too few can be dead: not worth it";

  queue.tidy(1'000, is_ready);

  EXPECT_EQ(queue.size(), 1'000U);
  const auto order = drain(queue);
  EXPECT_EQ(order.size(), 1'000U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(ReadyQueue, ReturnedTaskMayBringItsOldTimeAndPriorityIsClamped) {
  ready_queue queue;
  queue.push({1}, 0, 5, t0 + 5s);
  queue.push({2}, 1, 5, t0);
  queue.push({3}, 2, 0, t0 + 6s);
  queue.push({4}, 2, 200, t0 + 6s);
  const auto best = queue.pop_best(everywhere, always);
  EXPECT_EQ(best->task.index, 4U);
  EXPECT_EQ(best->priority, 10);
  EXPECT_THAT(drain(queue), testing::ElementsAre(2, 1, 3));
}

TEST(ReadyQueue, AMillionTasksCostAtMost24BytesEach) {
  ready_queue queue;
  constexpr std::uint32_t count = 1'000'000;
  for (std::uint32_t i = 0; i < count; ++i)
    queue.push({i}, i % 16, static_cast<std::uint8_t>(1 + i % 10), t0 + duration{i});

  EXPECT_LE(queue.memory_bytes(), 24ULL * count);
  EXPECT_EQ(queue.size(), count);
  EXPECT_EQ(queue.size(3), count / 16);
}

TEST(ReadyQueue, MemoryIsGivenBackWhenTheQueueDrains) {
  ready_queue queue;
  for (std::uint32_t i = 0; i < 200'000; ++i) queue.push({i}, 0, 5, t0);
  drain(queue);
  EXPECT_LT(queue.memory_bytes(), 300'000U);
}

}  // namespace
}  // namespace dunlin
