// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/kernels/kernels_bench.hpp"

#include <gtest/gtest.h>

#include <map>

#include "gpu/cpu/pinning.hpp"

namespace dunlin::bench {
namespace {

TEST(KernelsBench, ReportsEveryFigureThatItPromises) {
  kernels_bench_options options;
  options.rounds = 1;
  options.numbers = 1 << 16;
  options.matrix = 64;
  options.qubits = 12;

  const auto report = run_kernels_bench(options).value();

  std::map<std::string, figure> by_name;
  for (const auto& one : report.figures) by_name[one.name] = one;
  for (const auto* kernel : {"gemm", "axpy", "reduce", "softmax", "topk", "kmeans", "gates"})
    EXPECT_GT(by_name[std::string{kernel} + "_ratio_to_limit"].value, 0) << kernel;
  EXPECT_EQ(by_name["gemm_gflop_per_s"].baseline, "gemm_openblas_gflop_per_s");
  EXPECT_EQ(by_name["axpy_gb_per_s"].baseline, "axpy_copy_gb_per_s");
}

TEST(KernelsBench, LeavesItsThreadWhereItWas) {
  kernels_bench_options options;
  options.rounds = 1;
  options.numbers = 1 << 12;
  options.matrix = 16;
  options.qubits = 8;
  const auto before = cores_of_this_thread();

  ASSERT_TRUE(run_kernels_bench(options));

  EXPECT_EQ(cores_of_this_thread(), before);
}

}  // namespace
}  // namespace dunlin::bench
