// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/gpu/gpu_bench.hpp"
#include "coordination/ports.hpp"

namespace dunlin::bench {

/// Adds what sharing a GPU costs and gains: agents in turns beside one alone, loads that complement each other beside
/// one after the other, the slowdown of each load beside each other one under every pattern, switches while they run.
result<void> add_sharing(bench_report& out, const std::shared_ptr<device_port>& device,
                         const gpu_bench_options& options);

}  // namespace dunlin::bench
