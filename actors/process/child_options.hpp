// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// What the system lets a child use; 0 = as its parent. A core dump is never written.
struct child_limits {
  std::uint64_t cpu_seconds = 0;
  std::uint64_t address_space_bytes = 0;
  std::uint64_t open_files = 1024;
  std::uint64_t processes = 4096;  ///< of this user, on the whole machine; does not bind root
  std::uint64_t file_bytes = 1ULL << 30;
};

/// How to run a program as a child: an argument vector without a shell, in its own session, with a clean environment,
/// in a fresh directory that only it can read, without new privileges.
struct child_options {
  std::string executable;                                        ///< absolute path
  std::vector<std::string> arguments;                            ///< the first one is the name the program is called by
  std::vector<std::pair<std::string, std::string>> environment;  ///< all that it gets beside PATH, HOME, TMPDIR, LANG
  std::chrono::milliseconds timeout{0};                          ///< 0 = none
  std::chrono::milliseconds grace{2'000};     ///< from the polite signal (SIGTERM) to the last one (SIGKILL)
  std::uint64_t output_cap_bytes = 10 << 20;  ///< of stdout and stderr together
  bool keep_output = true;                    ///< false: only the last lines are kept
  bool channel = false;                       ///< a socket to the parent on descriptor 3
  child_limits limits;
};

/// Names a child of one host; 0 = none.
using child_id = strong_id<struct child_tag>;

/// Returns DUNLIN_TASK_ID, DUNLIN_ATTEMPT and DUNLIN_EPOCH for a child's environment.
DUNLIN_EXPORT std::vector<std::pair<std::string, std::string>> task_environment(const task_id& id,
                                                                                std::uint32_t attempt,
                                                                                fencing_token epoch);

}  // namespace dunlin
