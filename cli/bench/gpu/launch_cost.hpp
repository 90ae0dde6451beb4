// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/gpu/bare_gpu.hpp"
#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/gpu_bench.hpp"

namespace dunlin::bench {

/// Adds what the host pays for a launch through a holder's share, for one alone in its step, and for one as part of a
/// replayed recording, beside the driver's bare launch of the same kernel.
result<void> add_launch_cost(bench_report& out, bench_holder& holder, bare_gpu& bare, const gpu_bench_options& options);

}  // namespace dunlin::bench
