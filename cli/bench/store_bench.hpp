// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

struct store_bench_options {
  std::string directory = ".";          ///< where the databases lie while it runs; on a disk
  std::uint64_t tasks = 60'000;         ///< in one measurement; a window of one takes a hundredth
  std::uint64_t recovered = 1'000'000;  ///< tasks that a restarted leader finds
  unsigned rounds = 3;                  ///< of A-B-B-A
};

/// Measures durable submission beside bare SQLite, the life of a task in three commits, the disk's sync, and a restart.
/// Every stored task is read back and compared. Errors: those of the store; io_failed.
result<bench_report> run_store_bench(const store_bench_options& options = {});

}  // namespace dunlin::bench
