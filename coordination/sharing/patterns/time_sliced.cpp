// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/time_sliced.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

result<std::unique_ptr<time_sliced>> time_sliced::make(const device_capacity& capacity, const turn_options& options) {
  if (auto usable = options.check(); !usable) return fail(std::move(usable.error()));
  return std::unique_ptr<time_sliced>{new time_sliced{capacity, options}};
}

std::optional<share_grant> time_sliced::place(agent_id holder, const share_wish& wish) {
  if (holders_.size() >= options_.most_holders) return std::nullopt;
  holders_.insert(holder);
  return share_grant{capacity_.compute_units, wish.memory_bytes, options_.quantum * wish.weight / 100, 0, {}};
}

bool time_sliced::fits_without(const share_wish&, std::span<const agent_id> gone) const {
  const auto leaving = std::ranges::count_if(gone, [this](agent_id one) { return holders_.contains(one); });
  return holders_.size() - static_cast<std::size_t>(leaving) < options_.most_holders;
}

std::string time_sliced::lack(const share_wish&) const {
  if (holders_.size() < options_.most_holders) return {};
  return std::to_string(holders_.size()) + " agents take turns, which is as many as may";
}

}  // namespace dunlin
