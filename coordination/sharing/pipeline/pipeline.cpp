// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/pipeline/pipeline.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

result<std::unique_ptr<pipeline>> pipeline::make(const device_capacity& capacity, const turn_options& options) {
  if (auto usable = options.check(); !usable) return fail(std::move(usable.error()));
  return std::unique_ptr<pipeline>{new pipeline{capacity, options}};
}

std::optional<share_grant> pipeline::place(agent_id holder, const share_wish& wish) {
  if (holders_.size() >= options_.most_holders) return std::nullopt;
  holders_.insert(holder);
  share_grant out;
  out.compute_units = 1;
  out.memory_bytes = wish.memory_bytes;
  out.quantum = options_.quantum * wish.weight / 100;
  out.pooled = true;
  return out;
}

bool pipeline::fits_without(const share_wish&, std::span<const agent_id> gone) const {
  const auto leaving = std::ranges::count_if(gone, [this](agent_id one) { return holders_.contains(one); });
  return holders_.size() - static_cast<std::size_t>(leaving) < options_.most_holders;
}

std::string pipeline::lack(const share_wish&) const {
  if (holders_.size() < options_.most_holders) return {};
  return std::to_string(holders_.size()) + " agents share the units, which is as many as may";
}

std::uint32_t pipeline::units_granted() const noexcept {
  return static_cast<std::uint32_t>(std::min<std::size_t>(holders_.size(), capacity_.compute_units));
}

}  // namespace dunlin
