// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/fixed_partitions.hpp"

#include <algorithm>
#include <numeric>

namespace dunlin {

result<std::unique_ptr<fixed_partitions>> fixed_partitions::make(const device_capacity& capacity,
                                                                 const std::vector<std::uint32_t>& sizes) {
  const auto sum = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  if (sizes.empty() || std::ranges::find(sizes, 0U) != sizes.end())
    return fail(errc::invalid_argument, "a partition without units", "name at least one unit for each", "units");
  if (sum > capacity.compute_units)
    return fail(
        errc::invalid_argument,
        "partitions of " + std::to_string(sum) + " units, the device has " + std::to_string(capacity.compute_units), {},
        "units");
  std::unique_ptr<fixed_partitions> made{new fixed_partitions{capacity}};
  std::uint32_t first = 0;
  for (const auto units : sizes) {
    made->partitions_.push_back({first, units, {}});
    first += units;
  }
  return made;
}

result<void> fixed_partitions::check(const share_wish& wish) const {
  if (const auto units = units_of(wish); units > largest())
    return fail(errc::infeasible,
                "needs " + std::to_string(units) + " units, the largest partition has " + std::to_string(largest()),
                "ask for less, or have the device partitioned otherwise", "wish.compute_milli");
  return {};
}

std::optional<share_grant> fixed_partitions::place(agent_id holder, const share_wish& wish) {
  const auto needed = std::min(units_of(wish), largest());
  auto best = partitions_.end();
  for (auto at = partitions_.begin(); at != partitions_.end(); ++at)
    if (!at->holder && at->units >= needed && (best == partitions_.end() || at->units < best->units)) best = at;
  if (best == partitions_.end()) return std::nullopt;
  best->holder = holder;
  share_grant out;
  out.compute_units = best->units;
  out.memory_bytes = wish.memory_bytes;
  out.lane = static_cast<std::uint32_t>(best - partitions_.begin());
  out.units.resize(best->units);
  std::iota(out.units.begin(), out.units.end(), best->first);
  return out;
}

void fixed_partitions::remove(agent_id holder) {
  for (auto& one : partitions_)
    if (one.holder == holder) one.holder = {};
}

bool fixed_partitions::fits_without(const share_wish& wish, std::span<const agent_id> gone) const {
  const auto needed = std::min(units_of(wish), largest());
  return std::ranges::any_of(partitions_, [&](const partition& one) {
    return one.units >= needed && (!one.holder || std::ranges::find(gone, one.holder) != gone.end());
  });
}

/// Nobody is moved to another partition: so for each that has reserved there have to be as many that are large enough
/// as there are holders, wherever the others are.
bool fixed_partitions::keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const {
  const auto holders = reserved.size() + others.size();
  if (holders > partitions_.size()) return false;
  return std::ranges::all_of(reserved, [&](const share_wish& wish) {
    const auto suits = [&](const partition& one) { return one.units >= units_of(wish); };
    return static_cast<std::size_t>(std::ranges::count_if(partitions_, suits)) >= holders;
  });
}

std::string fixed_partitions::lack(const share_wish& wish) const {
  if (fits_without(wish, {})) return {};
  return "no partition of " + std::to_string(units_of(wish)) + " units or more is free";
}

std::uint32_t fixed_partitions::units_granted() const noexcept {
  std::uint32_t sum = 0;
  for (const auto& one : partitions_) sum += one.holder ? one.units : 0;
  return sum;
}

std::uint32_t fixed_partitions::units_of(const share_wish& wish) const noexcept {
  const std::uint64_t units = (std::uint64_t{capacity_.compute_units} * wish.compute_milli + 999) / 1'000;
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(units, 1));
}

std::uint32_t fixed_partitions::largest() const noexcept {
  std::uint32_t most = 0;
  for (const auto& one : partitions_) most = std::max(most, one.units);
  return most;
}

}  // namespace dunlin
