// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "coordination/types.hpp"

namespace dunlin::bench {

/// Computes in registers: the same count is the same work on every core and beside any neighbour, where a loop that
/// looks at a clock would do less work on a busy machine.
void burn(std::uint64_t iterations) noexcept;

/// Returns how many iterations take `time` of a thread's processor time, by the fastest of several tries.
[[nodiscard]] std::uint64_t iterations_in(duration time);

/// Returns the processor time of this thread so far.
[[nodiscard]] std::int64_t thread_cpu_ns() noexcept;

}  // namespace dunlin::bench
