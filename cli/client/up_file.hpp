// SPDX-License-Identifier: Apache-2.0
// `up.json` in the state directory: where the running swarm is.
#pragma once

#include <cstdint>
#include <string>

#include "coordination/result.hpp"

namespace dunlin::cli {

struct up_file {
  std::int64_t pid = 0;             ///< of `dunlin up`
  std::uint64_t process_start = 0;  ///< of that process, see `process_start_of`: a number is used again, this is not
  std::string url;
  std::string token_file;
  std::uint32_t nodes = 0;
};

/// Replaces the file as a whole. Errors: io_failed.
result<void> write_up_file(const std::string& state_dir, const up_file& content);

/// Errors: not_found (nothing runs here), malformed.
[[nodiscard]] result<up_file> read_up_file(const std::string& state_dir);

void remove_up_file(const std::string& state_dir) noexcept;

/// Returns when the process started, in clock ticks since boot; 0 if there is none. Source: proc(5), /proc/pid/stat.
[[nodiscard]] std::uint64_t process_start_of(std::int64_t pid);

/// True if the process that wrote the file still runs.
[[nodiscard]] bool still_runs(const up_file& swarm);

}  // namespace dunlin::cli
