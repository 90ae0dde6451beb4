// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/space_partitioned.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

result<std::unique_ptr<space_partitioned>> space_partitioned::make(const device_capacity& capacity,
                                                                   const space_partitioned_options& options) {
  if (options.units_per_group == 0 || options.units_per_group > capacity.compute_units)
    return fail(errc::invalid_argument,
                "groups of " + std::to_string(options.units_per_group) + " units, the device has " +
                    std::to_string(capacity.compute_units),
                "at least 1 and at most all of them", "units_per_group");
  return std::unique_ptr<space_partitioned>{new space_partitioned{capacity, options}};
}

// Units that are left over after the last whole group are granted to nobody.
space_partitioned::space_partitioned(const device_capacity& capacity, const space_partitioned_options& options)
    : capacity_(capacity),
      units_per_group_(options.units_per_group),
      groups_(capacity.compute_units / options.units_per_group) {
  for (std::uint32_t i = 0; i < groups_; ++i) {
    free_.insert(i);
    free_lanes_.insert(i);
  }
}

std::optional<share_grant> space_partitioned::place(agent_id holder, const share_wish& wish) {
  if (!fits_without(wish, {})) return std::nullopt;
  part added;
  added.least = groups_of(wish.compute_milli);
  added.most = std::max(added.least, groups_of(wish.most_milli));
  added.memory_bytes = wish.memory_bytes;
  added.lane = free_lanes_.extract(free_lanes_.begin()).value();
  kept_ += added.least;
  if (const auto free = free_groups(); free < added.least) take_back(added.least - free);
  hand_out(std::min(added.most, free_groups()), added);
  added.announced = added.groups;
  return grant_of(parts_.emplace(holder, std::move(added)).first->second);
}

void space_partitioned::remove(agent_id holder) {
  const auto found = parts_.find(holder);
  if (found == parts_.end()) return;
  const auto& gone = found->second;
  free_.insert(gone.groups.begin(), gone.groups.end());
  free_lanes_.insert(gone.lane);
  kept_ -= gone.least;
  changed_.erase(holder);
  parts_.erase(found);
}

bool space_partitioned::fits_without(const share_wish& wish, std::span<const agent_id> gone) const {
  auto needed = groups_of(wish.compute_milli) + kept_;
  for (const auto holder : gone)
    if (const auto found = parts_.find(holder); found != parts_.end()) needed -= found->second.least;
  return needed <= groups_;
}

bool space_partitioned::keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const {
  std::uint64_t needed = 0;
  for (const auto& wish : reserved) needed += groups_of(wish.compute_milli);
  for (const auto& wish : others) needed += groups_of(wish.compute_milli);
  return needed <= groups_;
}

std::string space_partitioned::lack(const share_wish& wish) const {
  if (fits_without(wish, {})) return {};
  return "needs " + std::to_string(groups_of(wish.compute_milli) * units_per_group_) + " units, " +
         std::to_string((groups_ - kept_) * units_per_group_) + " can be had";
}

void space_partitioned::take_regrants(std::vector<regrant>& out) {
  for (const auto holder : std::exchange(changed_, {})) {
    auto& one = parts_.at(holder);
    if (one.groups == one.announced) continue;
    one.announced = one.groups;
    out.push_back({holder, grant_of(one)});
  }
}

std::uint32_t space_partitioned::units_granted() const noexcept { return (groups_ - free_groups()) * units_per_group_; }

double space_partitioned::fragmentation() const {
  const auto runs = free_runs();
  if (runs.empty()) return 0;
  const auto longest = std::ranges::max(runs, {}, [](const auto& run) { return run.second; }).second;
  return 1.0 - static_cast<double>(longest) / free_groups();
}

std::uint32_t space_partitioned::groups_of(std::uint32_t milli) const noexcept {
  const std::uint64_t units = (std::uint64_t{capacity_.compute_units} * milli + 999) / 1'000;
  const auto groups = (units + units_per_group_ - 1) / units_per_group_;
  // The whole device is what its whole groups are.
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(groups, 1, groups_));
}

share_grant space_partitioned::grant_of(const part& one) const {
  share_grant out;
  out.compute_units = static_cast<std::uint32_t>(one.groups.size()) * units_per_group_;
  out.memory_bytes = one.memory_bytes;
  out.lane = one.lane;
  for (const auto group : one.groups)
    for (std::uint32_t unit = 0; unit < units_per_group_; ++unit) out.units.push_back(group * units_per_group_ + unit);
  return out;
}

/// Returns the runs of free groups as (first, length).
std::vector<std::pair<std::uint32_t, std::uint32_t>> space_partitioned::free_runs() const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
  for (const auto group : free_) {
    if (out.empty() || out.back().first + out.back().second != group) out.emplace_back(group, 0);
    ++out.back().second;
  }
  return out;
}

/// Whoever has most above its least gives first: that disturbs the fewest.
void space_partitioned::take_back(std::uint32_t missing) {
  const auto above = [](const auto& entry) { return entry.second.groups.size() - entry.second.least; };
  while (missing > 0) {
    const auto richest = std::ranges::max_element(parts_, {}, above);
    auto& groups = richest->second.groups;
    const auto given = std::min<std::size_t>(missing, above(*richest));
    for (std::size_t i = 0; i < given; ++i) {
      free_.insert(groups.back());
      groups.pop_back();
    }
    changed_.insert(richest->first);
    missing -= static_cast<std::uint32_t>(given);
  }
}

/// From the shortest run that is long enough, else from the longest ones.
void space_partitioned::hand_out(std::uint32_t count, part& to) {
  while (count > 0) {
    const auto runs = free_runs();
    const auto key = [count](const auto& run) {
      return run.second >= count ? std::pair{0, static_cast<std::int64_t>(run.second)}
                                 : std::pair{1, -static_cast<std::int64_t>(run.second)};
    };
    const auto [first, length] = *std::ranges::min_element(runs, {}, key);
    const auto used = std::min(count, length);
    for (auto group = first; group < first + used; ++group) {
      free_.erase(group);
      to.groups.push_back(group);
    }
    count -= used;
  }
  std::ranges::sort(to.groups);
}

/// What is free goes to whoever has least of what it can use, until nobody can use more.
void space_partitioned::share_rest() {
  const auto filled = [](const auto& entry) {
    return static_cast<double>(entry.second.groups.size()) / entry.second.most;
  };
  while (free_groups() > 0) {
    const auto poorest = std::ranges::min_element(parts_, {}, filled);
    if (poorest == parts_.end() || poorest->second.groups.size() >= poorest->second.most) return;
    hand_out(1, poorest->second);
    changed_.insert(poorest->first);
  }
}

}  // namespace dunlin
