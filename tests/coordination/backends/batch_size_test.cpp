// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/batch_size.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dunlin {
namespace {

TEST(BatchSize, FillsWhatMayBeUsed) {
  EXPECT_EQ(calculate_optimal_batch_size({1'000, 100, 10'000, 0.9, 1'000}).value(), 80U);
  EXPECT_EQ(calculate_optimal_batch_size({1'000, 100, 10'000, 0.9, 64}).value(), 64U);
}

TEST(BatchSize, SaysWhenNotEvenOneItemFits) {
  EXPECT_EQ(calculate_optimal_batch_size({9'000, 100, 10'000, 0.9, 64}).error().code, errc::infeasible);
  EXPECT_EQ(calculate_optimal_batch_size({20'000, 100, 10'000, 0.9, 64}).error().code, errc::infeasible);
}

TEST(BatchSize, RefusesWhatMakesNoSense) {
  EXPECT_EQ(calculate_optimal_batch_size({1, 0, 100}).error().path, "bytes_per_item");
  EXPECT_EQ(calculate_optimal_batch_size({1, 1, 100, 0}).error().path, "usable");
  EXPECT_EQ(calculate_optimal_batch_size({1, 1, 100, 1, 0}).error().path, "most");
}

TEST(BatchSize, LearnsFromBatchesWhatAnItemTakes) {
  const auto demand = demand_of_batches({{8, 1'800}, {16, 2'600}, {32, 4'200}}).value();

  EXPECT_EQ(demand.bytes_per_item, 100U);
  EXPECT_EQ(demand.model_bytes, 1'000U);
}

TEST(BatchSize, CannotTellFromOneSize) {
  EXPECT_EQ(demand_of_batches({{8, 1'800}, {8, 1'900}}).error().code, errc::invalid_argument);
  EXPECT_EQ(demand_of_batches({}).error().code, errc::invalid_argument);
  EXPECT_EQ(demand_of_batches({{8, 1'800}, {16, 900}}).error().code, errc::invalid_argument);
}

RC_GTEST_PROP(BatchSize, FitsAndOneMoreWouldNot, ()) {
  batch_demand demand;
  demand.model_bytes = *rc::gen::inRange<std::uint64_t>(0, 1ULL << 34);
  demand.bytes_per_item = *rc::gen::inRange<std::uint64_t>(1, 1ULL << 26);
  demand.available_bytes = *rc::gen::inRange<std::uint64_t>(0, 1ULL << 37);
  const auto size = calculate_optimal_batch_size(demand);
  const auto usable = static_cast<std::uint64_t>(static_cast<double>(demand.available_bytes) * demand.usable);
  const auto fits = [&](std::uint64_t items) { return demand.model_bytes + items * demand.bytes_per_item <= usable; };
  if (!size) {
    RC_ASSERT(!fits(1));
  } else {
    RC_ASSERT(fits(*size));
    RC_ASSERT(*size == demand.most || !fits(*size + 1ULL));
  }
}

}  // namespace
}  // namespace dunlin
