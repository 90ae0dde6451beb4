// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "coordination/export.hpp"

namespace dunlin {

/// Other threads worked for this one, which waited: their processor time is part of what its step used.
DUNLIN_EXPORT void charge_helpers(std::uint64_t busy_ns) noexcept;

/// Returns the processor time of this thread and of those that worked for it, since it began.
DUNLIN_EXPORT std::uint64_t thread_busy_ns() noexcept;

}  // namespace dunlin
