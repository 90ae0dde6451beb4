// SPDX-License-Identifier: Apache-2.0
#include "coordination/observe/result_metrics.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

/// An attempt of 10 ms that took 3 MiB.
task_status ended() {
  task_status out;
  out.finished = 1;
  out.usage.run_ns = 10'000'000;
  out.usage.peak_bytes = 3U << 20U;
  return out;
}

task_status ended_on(bool is_gpu, std::uint64_t kernel_ns, exactness kernel_is = exactness::exact) {
  auto out = ended();
  out.usage.device = {{is_gpu ? "cuda:1" : "cpu", "", is_gpu, kernel_ns, kernel_is}};
  return out;
}

TEST(ResultMetrics, OfAGpuAreWhatWasMeasured) {
  const auto metrics = metrics_of(ended_on(true, 4'000'000));

  EXPECT_EQ(to_string(metrics.gpu_utilization), "40.00");
  EXPECT_EQ(to_string(metrics.kernel_time_ms), "4.00");
  EXPECT_EQ(to_string(metrics.memory_usage_mb), "3.00");
}

TEST(ResultMetrics, OverlappingStepsAreNoMoreThanAllOfTheGpu) {
  EXPECT_EQ(metrics_of(ended_on(true, 40'000'000, exactness::upper_bound)).gpu_utilization.value, 100.0);
}

TEST(ResultMetrics, AProcessorHasNoGpuUtilization) {
  const auto metrics = metrics_of(ended_on(false, 4'000'000));

  EXPECT_EQ(to_string(metrics.gpu_utilization), "n/a (it ran on a processor)");
  EXPECT_EQ(to_string(metrics.kernel_time_ms), "4.00");
}

TEST(ResultMetrics, WithoutAShareThereIsNoKernelTime) {
  EXPECT_EQ(to_string(metrics_of(ended()).kernel_time_ms), "n/a (it held no share of a device)");
}

TEST(ResultMetrics, WhatNobodyMeasuredIsNeverZero) {
  auto status = ended_on(true, 0, exactness::unmeasured);
  status.usage.peak_bytes = 0;

  const auto metrics = metrics_of(status);

  EXPECT_FALSE(metrics.gpu_utilization.value);
  EXPECT_FALSE(metrics.kernel_time_ms.value);
  EXPECT_FALSE(metrics.memory_usage_mb.value);
  EXPECT_EQ(to_string(metrics.kernel_time_ms), "n/a (nobody measured its steps)");
}

TEST(ResultMetrics, BeforeTheFirstAttemptHasEndedThereAreNone) {
  EXPECT_EQ(to_string(metrics_of({}).gpu_utilization), "n/a (no attempt has ended yet)");
}

TEST(ResultMetrics, AMeasuredZeroIsAZero) {
  EXPECT_EQ(to_string(metrics_of(ended_on(true, 0)).gpu_utilization), "0.00");
}

}  // namespace
}  // namespace dunlin
