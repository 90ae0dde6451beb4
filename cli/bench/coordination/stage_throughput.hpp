// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/coordination/coordination_bench.hpp"
#include "cli/bench/coordination/shared_device.hpp"

namespace dunlin::bench {

/// Adds how fast items go through three stages, against what the slowest stage or the device's units allow.
result<void> add_stage_throughput(bench_report& out, shared_device& device, const coordination_options& options);

}  // namespace dunlin::bench
