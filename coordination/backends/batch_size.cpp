// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/batch_size.hpp"

#include <algorithm>
#include <cmath>

namespace dunlin {

result<std::uint32_t> calculate_optimal_batch_size(const batch_demand& demand) {
  if (demand.bytes_per_item == 0) return fail(errc::invalid_argument, "an item takes some bytes", {}, "bytes_per_item");
  if (!(demand.usable > 0 && demand.usable <= 1))
    return fail(errc::invalid_argument, "the usable part is above 0 and at most 1", {}, "usable");
  if (demand.most == 0) return fail(errc::invalid_argument, "a batch has an item at least", {}, "most");
  if (demand.available_bytes > 1ULL << 62)
    return fail(errc::invalid_argument, "no memory has so many bytes", {}, "available_bytes");
  const auto usable = static_cast<std::uint64_t>(static_cast<double>(demand.available_bytes) * demand.usable);
  const auto items = usable < demand.model_bytes ? 0 : (usable - demand.model_bytes) / demand.bytes_per_item;
  if (items == 0)
    return fail(errc::infeasible, "a model of " + std::to_string(demand.model_bytes) + " bytes and one item of " +
                                      std::to_string(demand.bytes_per_item) + " need more than the " +
                                      std::to_string(usable) + " bytes that may be used");
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(items, demand.most));
}

result<batch_demand> demand_of_batches(const std::vector<std::pair<std::uint32_t, std::uint64_t>>& seen) {
  double items = 0;
  double bytes = 0;
  for (const auto& [count, peak] : seen) {
    items += static_cast<double>(count) / static_cast<double>(seen.size());
    bytes += static_cast<double>(peak) / static_cast<double>(seen.size());
  }
  double both = 0;
  double squares = 0;
  for (const auto& [count, peak] : seen) {
    both += (static_cast<double>(count) - items) * (static_cast<double>(peak) - bytes);
    squares += (static_cast<double>(count) - items) * (static_cast<double>(count) - items);
  }
  if (squares <= 0) return fail(errc::invalid_argument, "it takes batches of two sizes to tell what an item takes");
  if (both <= 0) return fail(errc::invalid_argument, "larger batches were seen to take no more memory");
  batch_demand out;
  const auto slope = both / squares;
  // Rounded up, but not for what doubles cannot tell.
  out.bytes_per_item = static_cast<std::uint64_t>(std::ceil(slope * (1 - 1e-9)));
  out.model_bytes = static_cast<std::uint64_t>(std::llround(std::max(0.0, bytes - slope * items)));
  return out;
}

}  // namespace dunlin
