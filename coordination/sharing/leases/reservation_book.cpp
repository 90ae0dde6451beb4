// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/reservation_book.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

const reservation_book::entry* reservation_book::find(agent_id agent) const noexcept {
  for (const auto& one : entries_)
    if (one.what.agent == agent) return &one;
  return nullptr;
}

bool reservation_book::awaits(agent_id agent, const share_wish& asked, time_point now) const noexcept {
  const auto* own = find(agent);
  return own != nullptr && !own->claimed && own->what.in_force(now) && own->what.covers(asked);
}

void reservation_book::add(const share_reservation& what) { insert({what, what.from + what.claim_within}); }

void reservation_book::insert(entry&& fresh) {
  const auto later = [&](const entry& one) {
    return std::pair{fresh.what.from, fresh.what.agent} < std::pair{one.what.from, one.what.agent};
  };
  entries_.insert(std::find_if(entries_.begin(), entries_.end(), later), std::move(fresh));
}

void reservation_book::claim(agent_id agent) noexcept {
  for (auto& one : entries_)
    if (one.what.agent == agent) one.claimed = true;
}

void reservation_book::hand_over(agent_id from, agent_id to) {
  auto handed = *find(from);
  erase(from);
  handed.what.agent = to;
  insert(std::move(handed));
}

void reservation_book::reopen(agent_id agent, time_point now) noexcept {
  for (auto& one : entries_) {
    if (one.what.agent != agent) continue;
    one.claimed = false;
    one.claim_by = now + one.what.claim_within;
  }
}

bool reservation_book::erase(agent_id agent) {
  return std::erase_if(entries_, [=](const entry& one) { return one.what.agent == agent; }) > 0;
}

std::optional<time_point> reservation_book::next_time(time_point now, duration ahead) const {
  std::optional<time_point> next;
  for (const auto& one : entries_) {
    const auto& [from, until] = std::pair{one.what.from, one.what.until};
    for (const auto at : {from - ahead, from, one.claimed ? until : one.claim_by, until})
      if (now < at && (!next || at < *next)) next = at;
  }
  return next;
}

}  // namespace dunlin
