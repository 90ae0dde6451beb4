// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/coordination/coordination_bench.hpp"

namespace dunlin::bench {

/// Adds what one decision of the arbiter takes while crowds of two sizes wait, and a renewal while nobody does. The
/// decision object alone: no actor, thread or device.
result<void> add_grant_decisions(bench_report& out, const coordination_options& options);

}  // namespace dunlin::bench
