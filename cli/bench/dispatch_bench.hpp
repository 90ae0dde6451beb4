// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

struct dispatch_options {
  std::uint32_t agents = 10'000;
  std::uint64_t tasks = 200'000;     ///< in one measurement
  std::uint64_t one_by_one = 5'000;  ///< tasks in one measurement of latency
  std::uint32_t queued_tasks = 1'000'000;
  unsigned rounds = 3;      ///< of A-B-B-A
  double idle_seconds = 5;  ///< how long an idle node is looked at
  std::string directory;    ///< for the state of an idle node; empty = the system's for temporary files
};

/// Measures local dispatch over the full path of a cluster's leader and node, beside the bare four-hop floor in the
/// same run. Every result is checked. Call it while this process has one thread.
DUNLIN_EXPORT result<bench_report> run_dispatch_bench(const dispatch_options& options = {});

}  // namespace dunlin::bench
