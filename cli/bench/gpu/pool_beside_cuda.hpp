// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/gpu_bench.hpp"

namespace dunlin::bench {

/// Adds what a block of a holder's memory costs, taken and given back again and again, beside CUDA's own allocators:
/// cudaMalloc, and cudaMallocAsync from a pool that keeps what it has. Where those do not work the figures are missing.
result<void> add_pool_beside_cuda(bench_report& out, bench_holder& holder, const gpu_bench_options& options);

}  // namespace dunlin::bench
