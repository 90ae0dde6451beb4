// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/coordination/working_crew.hpp"
#include "cli/bench/report.hpp"

namespace dunlin::bench {

/// Adds how long the agents of a crew, which has not begun, stand still when the device changes from each pattern to
/// each other one. Their steps take about a millisecond.
result<void> add_switch_pauses(bench_report& out, shared_device& device, working_crew& crew);

}  // namespace dunlin::bench
