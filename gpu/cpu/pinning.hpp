// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "coordination/export.hpp"

namespace dunlin {

/// Returns the cores (logical processors) that this process may use, rising: its affinity mask, which respects cpusets.
DUNLIN_EXPORT std::vector<std::uint32_t> allowed_cores();

/// Returns the cores that this thread may use, rising.
DUNLIN_EXPORT std::vector<std::uint32_t> cores_of_this_thread();

/// Ties this thread, and those that it makes from now on, to these cores; false if the system refuses.
DUNLIN_EXPORT bool pin_this_thread(const std::vector<std::uint32_t>& cores) noexcept;

/// Ties a thread to these cores; false if the system refuses. By its number in the system, or as an object.
DUNLIN_EXPORT bool pin_thread(pid_t thread, const std::vector<std::uint32_t>& cores) noexcept;
DUNLIN_EXPORT bool pin_thread(std::thread& thread, const std::vector<std::uint32_t>& cores) noexcept;

}  // namespace dunlin
