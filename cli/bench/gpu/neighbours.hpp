// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/coordination/shared_device.hpp"
#include "cli/bench/gpu/gpu_agents.hpp"

namespace dunlin::bench {

/// Returns how many times as long a step of an agent takes beside another agent that works without an end as it does
/// alone, as the device is shared now. Under a pattern that lets one of them work it is the other that waits.
/// Errors: those of the GPU.
result<double> slowdown_beside(shared_device& device, load_kind one, load_kind other, const load_repeats& repeats,
                               const gpu_bench_options& options);

}  // namespace dunlin::bench
