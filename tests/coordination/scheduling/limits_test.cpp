// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/limits.hpp"

#include <gmock/gmock.h>

namespace dunlin {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(Limits, QueueTakesABatchWholeOrNotAtAll) {
  const admission_limits limits{.max_queue_size = 10};

  EXPECT_TRUE(admit_to_queue(limits, {.queued = 7}, 3).has_value());
  const auto refused = admit_to_queue(limits, {.queued = 7}, 4);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, errc::overloaded);
  EXPECT_THAT(refused.error().context, HasSubstr("max_queue_size 10"));
}

TEST(Limits, HugeBatchDoesNotOverflowTheCount) {
  EXPECT_FALSE(admit_to_queue({}, {.queued = 1}, ~std::uint64_t{0}).has_value());
  EXPECT_FALSE(admit_to_queue({.max_queue_size = 5}, {.queued = 9}, 1).has_value());
}

TEST(Limits, ZeroSwitchesALimitOff) {
  const admission_limits none{0, 0, 0, 0, 0};
  EXPECT_TRUE(admit_to_queue(none, {.queued = 1'000'000'000}).has_value());
  EXPECT_EQ(throttle_reason(none, {1'000'000, 0, 100, 100, 100}), std::nullopt);
}

TEST(Limits, EachLimitSaysThatItThrottles) {
  const admission_limits limits{};
  EXPECT_THAT(throttle_reason(limits, {.running = 32}), Optional(HasSubstr("max_concurrent_tasks is 32")));
  EXPECT_THAT(throttle_reason(limits, {.running = 1, .cpu_percent = 80}),
              Optional(HasSubstr("CPU is at 80 %, max_cpu_percent is 80 %")));
  EXPECT_THAT(throttle_reason(limits, {.running = 1, .memory_percent = 91}), Optional(HasSubstr("max_memory_percent")));
  EXPECT_THAT(throttle_reason(limits, {.running = 1, .gpu_percent = 99}), Optional(HasSubstr("max_gpu_percent")));
}

TEST(Limits, BelowEveryLimitNothingThrottles) {
  EXPECT_EQ(throttle_reason({}, {31, 0, 79, 79, 79}), std::nullopt);
  EXPECT_EQ(throttle_reason({}, {.running = 5}), std::nullopt) << "what is not measured limits nothing";
}

TEST(Limits, StrangersBusyCpuDoesNotStopTheFirstTask) {
  EXPECT_EQ(throttle_reason({}, {.running = 0, .cpu_percent = 100, .gpu_percent = 100}), std::nullopt);
  EXPECT_NE(throttle_reason({}, {.running = 0, .memory_percent = 95}), std::nullopt);
}

}  // namespace
}  // namespace dunlin
