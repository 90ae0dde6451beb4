// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/result.hpp"

namespace dunlin::bench {

/// Returns the seconds until a leader that starts with the database at `path` could place its tasks: open and check the
/// file, take the term, read every task into the table. Errors: those of the store; internal (`tasks` is wrong).
result<double> time_recovery(const std::string& path, std::uint64_t tasks);

/// Asks the kernel to forget a file's pages, so that the next reader needs the disk. It may not obey.
void drop_from_page_cache(const std::string& path);

}  // namespace dunlin::bench
