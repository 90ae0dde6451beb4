// SPDX-License-Identifier: Apache-2.0
// The benches that `dunlin bench` knows. A new one adds a line to the table in registry.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

struct bench_options {
  bool quick = false;                ///< fewer repetitions, to see that it works
  std::string directory;             ///< for data on disk; empty = the current one
  std::vector<std::string> traces;   ///< files of allocation traces, for `pool`
  std::vector<std::string> program;  ///< argument vector that starts this program again, for benches of two processes
};

struct bench_entry {
  std::string_view name;
  std::string_view summary;
  result<bench_report> (*run)(const bench_options& options);
};

[[nodiscard]] std::span<const bench_entry> all_benches() noexcept;

/// Errors: not_found, with the nearest name.
[[nodiscard]] result<bench_entry> find_bench(std::string_view name);

}  // namespace dunlin::bench
