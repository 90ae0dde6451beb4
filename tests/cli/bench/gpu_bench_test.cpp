// SPDX-License-Identifier: Apache-2.0
// That the bench of a GPU measures what it says, on an emulated one; never how fast.
#include "cli/bench/gpu/gpu_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "tests/gpu/cuda/emulated_cublas.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::bench {
namespace {

gpu_bench_options tiny() {
  gpu_bench_options out;
  out.rounds = 1;
  out.least_seconds = 1e-5;
  out.numbers = 1'024;
  out.matrix = 8;
  out.qubits = 8;
  out.chunk_numbers = 16;
  out.launches = 4;
  out.largest = 1'024;
  out.step = std::chrono::microseconds{1};
  out.steps = 8;
  out.agents = 2;
  out.agent_bytes = 40 << 20;
  return out;
}

TEST(GpuBench, ReportsEveryFigureThatItPromisesAndLeavesNothingOnTheGpu) {
  const testing::emulated_gpu gpu;
  auto options = tiny();
  options.driver = &gpu.driver();
  options.cublas = &testing::emulated_cublas();

  const auto report = run_gpu_bench(options);

  ASSERT_TRUE(report) << to_string(report.error());
  std::set<std::string> names;
  for (const auto& one : report->figures) {
    names.insert(one.name);
    EXPECT_TRUE(std::isfinite(one.value)) << one.name;
    if (one.name.find("_over_bare_") == std::string::npos && !one.name.starts_with("switch_")) {
      EXPECT_GT(one.value, 0) << one.name;
    }
  }
  for (const auto& one : report->missing) {
    names.insert(one.name);
    EXPECT_THAT(one.name, ::testing::AnyOf(::testing::HasSubstr("overtakes"), ::testing::HasSubstr("cuda_malloc")))
        << one.why;
  }
  for (const char* name : {"gpu_launch_over_bare_us",
                           "gpu_launch_and_step_over_bare_us",
                           "gpu_replay_over_bare_us",
                           "gpu_scale_ratio_to_copy",
                           "gpu_sum_ratio_to_copy",
                           "gpu_softmax_ratio_to_copy",
                           "gpu_gate_ratio_to_copy",
                           "gpu_gemm_bf16_ratio_to_cublas",
                           "gpu_pipeline_ratio_to_slowest_stage",
                           "gpu_pool_times_cuda_malloc",
                           "gpu_pool_times_cuda_malloc_async",
                           "gpu_overtakes_axpy_resident",
                           "gpu_overtakes_gemm_fp32_from_host",
                           "gpu_turns_ratio_to_one_agent",
                           "gpu_mix_space_partitioned_ratio_to_serial",
                           "gpu_mix_collaborative_ratio_to_serial",
                           "gpu_slowdown_exclusive_copying_beside_tiny",
                           "gpu_slowdown_time_sliced_tiny_beside_multiplying",
                           "gpu_slowdown_pipeline_copying_beside_copying",
                           "switch_pause_ms"})
    EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_THAT(report->notes, ::testing::Contains(::testing::HasSubstr("Emulated GPU")));
  EXPECT_EQ(gpu.counts(), testing::emulated_counts{});
}

}  // namespace
}  // namespace dunlin::bench
