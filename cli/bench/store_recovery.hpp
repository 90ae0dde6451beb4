// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/result.hpp"

namespace dunlin::bench {

struct recovery_time {
  double wall_s = 0;
  double cpu_s = 0;  ///< of the whole process: what is left of the wall time on a machine with nothing else to do
};

/// Returns the time until a leader that starts with the database at `path` could place its tasks: open and check the
/// file, take the term, read every task into the table. Errors: those of the store; internal (`tasks` is wrong).
result<recovery_time> time_recovery(const std::string& path, std::uint64_t tasks);

/// Asks the kernel to forget a file's pages, so that the next reader needs the disk. It may not obey.
void drop_from_page_cache(const std::string& path);

}  // namespace dunlin::bench
