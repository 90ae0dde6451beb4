// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

struct pool_bench_options {
  unsigned rounds = 5;                   ///< of A-B-B-A
  std::uint32_t pairs = 200'000;         ///< allocations in one measurement, each freed at once
  std::uint32_t mapped = 2'000;          ///< maps, touches and unmaps in one measurement
  std::vector<std::string> trace_files;  ///< beside the recipes' traces
};

/// Measures the memory pool: how fast it is while it is hot, and what it wastes on allocation traces. Errors: those of
/// the pool; io_failed and those of `parse_allocation_trace` for a trace file, with the file in the text.
DUNLIN_EXPORT result<bench_report> run_pool_bench(const pool_bench_options& options = {});

}  // namespace dunlin::bench
