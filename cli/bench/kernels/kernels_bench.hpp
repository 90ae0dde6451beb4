// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

struct kernels_bench_options {
  std::uint32_t cores = 0;           ///< 0 = all that this process may use
  unsigned rounds = 5;               ///< of A-B-B-A
  std::uint64_t numbers = 16 << 20;  ///< in each array of the kernels that memory limits
  std::uint64_t matrix = 1'536;      ///< rows and columns of the matrices
  std::uint32_t qubits = 20;
};

/// Measures the processor's kernels beside what limits them: copying the same bytes, or OpenBLAS called directly.
DUNLIN_EXPORT result<bench_report> run_kernels_bench(const kernels_bench_options& options = {});

}  // namespace dunlin::bench
