// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/gpu/bare_gpu.hpp"
#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/gpu_bench.hpp"

namespace dunlin::bench {

/// Adds the kernels that a GPU's memory limits, beside copying as many bytes.
result<void> add_kernel_rates(bench_report& out, bench_holder& holder, bare_gpu& bare,
                              const gpu_bench_options& options);

/// Adds products of 16 bits, beside cuBLAS alone. Errors: not_supported (no cuBLAS).
result<void> add_product_rate(bench_report& out, bench_holder& holder, bare_gpu& bare,
                              const gpu_bench_options& options);

}  // namespace dunlin::bench
