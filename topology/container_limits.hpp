// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coordination/export.hpp"

namespace dunlin {

/// What a container grants beyond its cpuset. Nothing = no limit.
struct container_limits {
  std::optional<std::uint32_t> cpu_milli;  ///< 1 000 = the time of one core
  std::optional<std::uint64_t> memory_bytes;
};

/// Reads the limits of this process's control group (version 2). `root` stands for `/sys/fs/cgroup` and `group_file`
/// for
/// `/proc/self/cgroup`. The tightest limit from the group up to the root counts; a missing file is no limit.
DUNLIN_EXPORT container_limits read_container_limits(const std::string& root = "/sys/fs/cgroup",
                                                     const std::string& group_file = "/proc/self/cgroup");

/// Reads `cpu.max`: quota and period in microseconds, or `max`. Returns nothing for no limit or text it cannot read.
DUNLIN_EXPORT std::optional<std::uint32_t> parse_cpu_max(std::string_view text);

/// Reads `memory.max`: bytes, or `max`. Returns nothing for no limit or text it cannot read.
DUNLIN_EXPORT std::optional<std::uint64_t> parse_memory_max(std::string_view text);

}  // namespace dunlin
