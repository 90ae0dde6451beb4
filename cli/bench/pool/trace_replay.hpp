// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "coordination/result.hpp"
#include "gpu/memory/allocation_trace.hpp"
#include "gpu/memory/memory_pool.hpp"

namespace dunlin::bench {

/// What a trace took of an allocator. Units: bytes; nanoseconds for an event.
struct replay_outcome {
  std::uint64_t reserved = 0;  ///< at most
  std::uint64_t refused = 0;   ///< allocations
  std::uint64_t moved = 0;     ///< pages that were taken from where nothing needed them
  double ns = 0;
  memory_split at_peak;
};

/// Replays on a pool over addresses without memory: every page that it would take is counted. `max_bytes`: 0 = as
/// much as it likes. Errors: those of the pool.
result<replay_outcome> replay_on_pool(const std::vector<allocation_event>& trace, std::uint64_t max_bytes = 0);

/// Replays on best fit with coalescing, in one range that grows by pages.
replay_outcome replay_on_best_fit(const std::vector<allocation_event>& trace);

/// Replays on slots of powers of two, from 512 bytes on.
replay_outcome replay_on_powers_of_two(const std::vector<allocation_event>& trace);

/// Replays on slots of 4 KiB, 64 KiB, 1 MiB, 16 MiB and 256 MiB.
replay_outcome replay_on_fixed_slots(const std::vector<allocation_event>& trace);

/// Returns what of the most that was reserved was not live at most. Units: percent.
[[nodiscard]] double waste_percent(std::uint64_t reserved, std::uint64_t live) noexcept;

}  // namespace dunlin::bench
