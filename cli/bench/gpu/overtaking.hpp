// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/gpu_bench.hpp"

namespace dunlin::bench {

/// Adds from which size on the GPU is done before the processor with all its cores, for each kind of kernel: with the
/// numbers in the GPU's memory, and with those that have to be copied there and back.
result<void> add_overtaking(bench_report& out, bench_holder& holder, const gpu_bench_options& options);

}  // namespace dunlin::bench
