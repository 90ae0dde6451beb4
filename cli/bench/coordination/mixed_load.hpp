// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/coordination/coordination_bench.hpp"
#include "cli/bench/coordination/shared_device.hpp"

namespace dunlin::bench {

/// The figures of a mixed load are called so, and after it the pattern or `automatic`.
inline constexpr const char* mixed_prefix = "mixed_slowdown_";

/// Adds by how much a mixed load is slowed down under each pattern and under automatic choice, in turn and each time on
/// a device of its own; and how far automatic choice is behind the best of them.
result<void> add_mixed_load(bench_report& out, const coordination_options& options);

}  // namespace dunlin::bench
