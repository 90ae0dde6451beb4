// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/time_sliced.hpp"

#include <algorithm>

namespace dunlin {

result<std::unique_ptr<time_sliced>> time_sliced::make(const device_capacity& capacity,
                                                       const time_sliced_options& options) {
  if (options.quantum < 1ms || options.quantum > 1s)
    return fail(errc::invalid_argument,
                "a quantum of " + std::to_string(options.quantum / std::chrono::microseconds{1}) + " us",
                "1 ms to 1 000 ms", "quantum_ms");
  if (options.most_holders == 0)
    return fail(errc::invalid_argument, "no holder may take part", "at least 1", "most_holders");
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
