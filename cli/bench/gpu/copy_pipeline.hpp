// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/gpu_bench.hpp"

namespace dunlin::bench {

/// Adds how fast chunks are copied in, computed and copied out side by side, beside the slowest of the three alone.
result<void> add_copy_pipeline(bench_report& out, bench_holder& holder, const gpu_bench_options& options);

}  // namespace dunlin::bench
