// SPDX-License-Identifier: Apache-2.0
#include "gpu/arena.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(Arena, TracksItsPeak) {
  const auto budget = std::make_shared<memory_budget>(10'000);
  const auto memory = arena::make(budget, 1000).value();

  void* a = memory->allocate(600);
  memory->deallocate(a, 600);
  void* b = memory->allocate(300);

  EXPECT_EQ(memory->used_bytes(), 300U);
  EXPECT_EQ(memory->peak_bytes(), 600U);
  EXPECT_THROW(static_cast<void>(memory->allocate(701)), arena_exhausted);
  EXPECT_EQ(memory->peak_bytes(), 600U);
  memory->deallocate(b, 300);
}

TEST(Arena, ChargesNothingForWhatItRefuses) {
  const auto budget = std::make_shared<memory_budget>(1000);
  const auto memory = arena::make(budget, 1000).value();

  EXPECT_THROW(static_cast<void>(memory->allocate(~std::size_t{0})), arena_exhausted);

  EXPECT_EQ(memory->used_bytes(), 0U);
}

TEST(MemoryBudget, RefusesWithTheFigures) {
  memory_budget budget{1000};

  EXPECT_TRUE(budget.take(900));
  EXPECT_EQ(budget.take(200).error().context, "asked to reserve 200 bytes with 900 of 1000 reserved");
  EXPECT_EQ(budget.take(~std::uint64_t{0}).error().code, errc::quota_exceeded);
  EXPECT_EQ(budget.taken(), 900U);
}

}  // namespace
}  // namespace dunlin
