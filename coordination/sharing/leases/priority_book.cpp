// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/priority_book.hpp"

#include <algorithm>

namespace dunlin {

void priority_book::enter(const share_request& asked, time_point now) {
  for (const auto& boost : asked.boosts)
    if (now < boost.until) ends_.emplace(boost.until, asked.holder);
}

void priority_book::leave(const share_request& asked) {
  for (const auto& boost : asked.boosts) ends_.erase({boost.until, asked.holder});
  if (!lent_.empty()) lent_.erase(asked.holder);
}

void priority_book::lend(agent_id to, std::uint8_t priority) {
  if (priority == 0)
    lent_.erase(to);
  else
    lent_[to] = priority;
}

std::uint8_t priority_book::lent_to(agent_id agent) const {
  if (lent_.empty()) return 0;
  const auto found = lent_.find(agent);
  return found == lent_.end() ? std::uint8_t{0} : found->second;
}

std::uint8_t priority_book::of(const share_request& asked, time_point now) const {
  return std::max(raised(asked.priority, asked.boosts, now), lent_to(asked.holder));
}

std::optional<agent_id> priority_book::pop_ended(time_point now) {
  if (ends_.empty() || ends_.begin()->first > now) return std::nullopt;
  const auto who = ends_.begin()->second;
  ends_.erase(ends_.begin());
  return who;
}

std::optional<time_point> priority_book::next_end() const {
  return ends_.empty() ? std::nullopt : std::optional{ends_.begin()->first};
}

}  // namespace dunlin
