// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/bench/report.hpp"

namespace dunlin::bench {

struct footprint_options {
  std::uint32_t agents = 10'000;
  std::uint32_t queued_tasks = 1'000'000;
  unsigned repetitions = 5;
  double idle_seconds = 5;
  std::string directory;  ///< for the state of the idle node; empty = the system's for temporary files
};

/// Appends what a node and its tasks take: `spawn_10k_ms`, `bytes_per_agent`, `bytes_per_queued_task`, `node_rss_mb`,
/// `idle_cpu_percent`. Each is measured in processes of its own. Call it while this process has one thread.
void add_footprint(bench_report& report, const footprint_options& options);

}  // namespace dunlin::bench
