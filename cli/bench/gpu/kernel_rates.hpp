// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/gpu/bare_gpu.hpp"
#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/gpu_bench.hpp"

namespace dunlin::bench {

/// Adds the GPU's kernels: those that memory limits beside copying as many bytes, products beside cuBLAS alone.
result<void> add_kernel_rates(bench_report& out, bench_holder& holder, bare_gpu& bare,
                              const gpu_bench_options& options);

}  // namespace dunlin::bench
