// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "coordination/ports.hpp"

namespace dunlin {

/// Runs `run` on this thread and measures it: wall time by the monotonic clock, busy time by the CPU clocks of the
/// thread and of those that worked for it. An exception becomes `handler_threw` with its text, a full arena
/// `quota_exceeded`.
DUNLIN_EXPORT step_report run_step(const std::function<result<void>()>& run);

}  // namespace dunlin
