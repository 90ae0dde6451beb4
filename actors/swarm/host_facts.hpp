// SPDX-License-Identifier: Apache-2.0
// What this machine offers a node, for programs that only want to tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "coordination/result.hpp"

namespace dunlin {

struct host_facts {
  std::uint32_t cores = 0;         ///< hardware threads that this process may use
  std::uint64_t memory_bytes = 0;  ///< of the machine; 0 = the system does not say
  bool restricted = false;         ///< the machine has more cores than this process may use
  std::optional<std::uint32_t> container_cpu_milli;
  std::optional<std::uint64_t> container_memory_bytes;
};

/// Errors: io_failed.
DUNLIN_EXPORT result<host_facts> read_host_facts();

/// Returns one line that says why there is no GPU; empty if there is one.
DUNLIN_EXPORT std::string no_gpu_reason();

/// Returns which cores other processes of the user hold; empty if none. `run_dir` is where they meet, empty = the usual
/// place. Errors: io_failed.
DUNLIN_EXPORT result<std::string> cores_in_use(const std::string& run_dir);

}  // namespace dunlin
