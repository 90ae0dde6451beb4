// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

struct collectives_bench_options {
  std::vector<std::string> program;  ///< starts this program again
  unsigned rounds = 8;               ///< of A-B-B-A
  std::size_t bytes = 64 << 20;      ///< of a member's array; what is swept is smaller
};

/// Measures ring all-reduces of two and four processes beside bare TCP streams that move as many bytes in the same ring
/// at once. The bare streams go whichever way is fastest here: one thread or two a process, three block sizes, the
/// kernel's buffers or large ones.
DUNLIN_EXPORT result<bench_report> run_collectives_bench(const collectives_bench_options& options);

}  // namespace dunlin::bench
