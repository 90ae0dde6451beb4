// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

struct dispatch_options {
  std::uint32_t agents = 10'000;
  std::uint64_t tasks = 200'000;  ///< in one measurement
  unsigned rounds = 3;            ///< of A-B-B-A
};

/// Measures local dispatch over the full path of a cluster's leader and node, beside the bare four-hop floor in the
/// same run. Every result is checked.
DUNLIN_EXPORT result<bench_report> run_dispatch_bench(const dispatch_options& options = {});

}  // namespace dunlin::bench
