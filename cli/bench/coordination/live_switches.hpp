// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/coordination/coordination_bench.hpp"
#include "cli/bench/coordination/shared_device.hpp"

namespace dunlin::bench {

/// Adds how long agents with 1 ms steps stand still when the device changes from each pattern to each other one.
result<void> add_switch_pauses(bench_report& out, shared_device& device, const coordination_options& options);

}  // namespace dunlin::bench
