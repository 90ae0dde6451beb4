// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/coordination/coordination_bench.hpp"
#include "cli/bench/coordination/shared_device.hpp"

namespace dunlin::bench {

/// Adds what steps of 1 ms and of 100 us cost more under each pattern than straight on the device, what a hand-over
/// from agent to agent adds, and how both change with the length of turns and the number of agents.
result<void> add_step_overhead(bench_report& out, shared_device& device, const coordination_options& options);

}  // namespace dunlin::bench
