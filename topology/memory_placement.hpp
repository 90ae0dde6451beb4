// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// Has the memory of this range come from the NUMA nodes that are nearest to these cores, where they have some left.
/// Before it is touched: what is there already stays. A machine with one node is placed right already.
/// Errors: invalid_argument (no cores), not_supported, io_failed.
DUNLIN_EXPORT result<void> place_near(const std::vector<std::uint32_t>& cores, void* place, std::size_t bytes);

/// Returns the NUMA nodes, by the system's numbers, that memory of this range comes from. Errors: as `place_near`.
DUNLIN_EXPORT result<std::vector<std::uint32_t>> placement_of(const void* place, std::size_t bytes);

}  // namespace dunlin
