// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin::cuda {
struct cublas_calls;
struct driver_calls;
}  // namespace dunlin::cuda

namespace dunlin::bench {

struct gpu_bench_options {
  unsigned rounds = 5;                         ///< of A-B-B-A
  double least_seconds = 0.02;                 ///< that one measurement takes
  std::uint64_t numbers = 64 << 20;            ///< in each array of the kernels that memory limits
  std::uint64_t matrix = 8'192;                ///< rows and columns of the matrices
  std::uint32_t qubits = 25;                   ///< of a state vector, which is no larger than an array
  std::uint64_t chunk_numbers = 4 << 20;       ///< of what is copied in, computed and copied out
  std::uint32_t launches = 200;                ///< in a row: fewer than a stream holds before the host has to wait
  std::uint64_t largest = 1 << 24;             ///< numbers, up to which the processor is compared with
  duration step = 1ms;                         ///< of GPU time, of agents that take turns
  std::uint32_t steps = 400;                   ///< of all agents together in one measurement
  std::uint32_t agents = 4;                    ///< that take turns
  std::uint64_t agent_bytes = 512ULL << 20;    ///< of the GPU's memory, each
  const cuda::driver_calls* driver = nullptr;  ///< null = this machine's
  const cuda::cublas_calls* cublas = nullptr;  ///< null = this machine's
};

/// Measures the first GPU of this machine beside what limits it: bare copies, launches, cuBLAS and CUDA's own
/// allocators, in the same run. Without a GPU every figure is missing, with the reason; so is what cannot be measured
/// on it. Errors: a GPU that cannot be opened.
DUNLIN_EXPORT result<bench_report> run_gpu_bench(const gpu_bench_options& options = {});

}  // namespace dunlin::bench
