// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/arena.hpp"

#include <gtest/gtest.h>

#include "gpu/memory/counted_memory.hpp"
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {
namespace {

TEST(Arena, TracksItsPeak) {
  const auto budget = std::make_shared<memory_budget>(10'000);
  const auto memory = arena::make(budget, 1000, "me").value();

  void* a = memory->allocate(600);
  memory->deallocate(a, 600);
  void* b = memory->allocate(300);

  EXPECT_EQ(memory->used_bytes(), 300U);
  EXPECT_EQ(memory->peak_bytes(), 600U);
  EXPECT_THROW(static_cast<void>(memory->allocate(701)), memory_exhausted);
  EXPECT_EQ(memory->peak_bytes(), 600U);
  memory->deallocate(b, 300);
}

TEST(Arena, ChargesNothingForWhatItRefuses) {
  const auto budget = std::make_shared<memory_budget>(1000);
  const auto memory = arena::make(budget, 1000, "me").value();

  EXPECT_THROW(static_cast<void>(memory->allocate(~std::size_t{0})), memory_exhausted);

  EXPECT_EQ(memory->used_bytes(), 0U);
}

TEST(Arena, ReturnsItsBytesToTheBudgetWhenItDies) {
  const auto budget = std::make_shared<memory_budget>(1000);
  auto memory = arena::make(budget, 600, "me").value();
  ASSERT_EQ(budget->taken(), 600U);

  memory.reset();

  EXPECT_EQ(budget->taken(), 0U);
  EXPECT_TRUE(budget->holders().empty());
}

TEST(Arena, TakesItsBytesFromItsSource) {
  const auto source = std::make_shared<counted_memory>(
      std::shared_ptr<std::pmr::memory_resource>(std::pmr::new_delete_resource(), [](auto*) {}));
  arena memory{1000, source};

  memory.deallocate(memory.allocate(600), 600);

  EXPECT_EQ(source->counts().peak_bytes, 600U);
}

TEST(Arena, CountsWhatThePoolBelowMakesOfSmallBlocks) {
  arena memory{1000, std::make_shared<counted_memory>(
                         std::shared_ptr<std::pmr::memory_resource>(std::pmr::new_delete_resource(), [](auto*) {}))};

  auto* place = memory.allocate(1);

  EXPECT_EQ(memory.used_bytes(), 16U);
  memory.deallocate(place, 1);
  EXPECT_EQ(memory.used_bytes(), 0U);
}

TEST(MemoryBudget, RefusesWithTheFiguresAndWhoHasThem) {
  memory_budget budget{1000};

  EXPECT_TRUE(budget.take(300, "task 1"));
  EXPECT_TRUE(budget.take(600, "task 2"));
  EXPECT_EQ(budget.take(200, "task 3").error().context,
            "asked to reserve 200 bytes with 900 of 1000 reserved: task 2 has 600, task 1 has 300");
  EXPECT_EQ(budget.take(~std::uint64_t{0}, "task 3").error().code, errc::quota_exceeded);
  EXPECT_EQ(budget.taken(), 900U);
}

TEST(MemoryBudget, CountsWhatOneHolderTakesInParts) {
  memory_budget budget{1000};
  ASSERT_TRUE(budget.take(300, "me"));
  ASSERT_TRUE(budget.take(300, "me"));

  budget.give_back(300, "me");
  budget.give_back(300, "nobody");

  EXPECT_EQ(budget.holders(), (std::vector<memory_holder>{{"me", 300}}));
  EXPECT_EQ(budget.taken(), 300U);
}

TEST(MemoryHolder, IsNamedWithThoseThatHaveMost) {
  EXPECT_EQ(named({}), "");
  EXPECT_EQ(named(by_bytes({{"a", 1}, {"b", 5}, {"c", 2}, {"d", 3}, {"e", 4}})),
            ": b has 5, e has 4, d has 3, c has 2, 1 others");
}

}  // namespace
}  // namespace dunlin
