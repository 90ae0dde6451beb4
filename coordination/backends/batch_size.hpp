// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// What a batch needs beside what is free for it. Units: bytes.
struct batch_demand {
  std::uint64_t model_bytes = 0;     ///< whatever the batch
  std::uint64_t bytes_per_item = 0;  ///< above 0
  std::uint64_t available_bytes = 0;
  double usable = 0.9;          ///< of what is available; the rest is for what nobody has counted
  std::uint32_t most = 65'536;  ///< items
};

/// Returns the largest batch that fits. Errors: infeasible (not even one item does, with the figures),
/// invalid_argument.
[[nodiscard]] DUNLIN_EXPORT result<std::uint32_t> calculate_optimal_batch_size(const batch_demand& demand);

/// Returns `model_bytes` and `bytes_per_item` as the line through what batches were seen to take, each {items, peak
/// bytes}. Errors: invalid_argument (fewer than two sizes, or more items that take less).
[[nodiscard]] DUNLIN_EXPORT result<batch_demand> demand_of_batches(
    const std::vector<std::pair<std::uint32_t, std::uint64_t>>& seen);

}  // namespace dunlin
