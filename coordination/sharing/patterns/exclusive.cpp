// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/exclusive.hpp"

#include <algorithm>

namespace dunlin {

std::optional<share_grant> exclusive::place(agent_id holder, const share_wish& wish) {
  if (holder_) return std::nullopt;
  holder_ = holder;
  return share_grant{capacity_.compute_units, wish.memory_bytes, duration{0}, 0, {}};
}

void exclusive::remove(agent_id holder) {
  if (holder_ == holder) holder_ = {};
}

bool exclusive::fits_without(const share_wish&, std::span<const agent_id> gone) const {
  return !holder_ || std::ranges::find(gone, holder_) != gone.end();
}

std::string exclusive::lack(const share_wish&) const {
  return holder_ ? "agent " + std::to_string(holder_.value) + " has the whole device" : std::string{};
}

}  // namespace dunlin
