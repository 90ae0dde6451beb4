// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/party_book.hpp"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::uint32_t starving_part = 10;  // of what was asked for

}  // namespace

party party_book::enter(agent_id agent, const share_wish& wish, share_class stands_as, time_point now) {
  const auto [found, is_new] = members_.try_emplace(agent);
  auto& one = found->second;
  if (is_new) one.starves_since = now;
  one.asked = wish.compute_milli;
  judge(one, now);
  const bool starved = one.starves_since && now - *one.starves_since >= terms_.starvation;
  party out;
  out.agent = agent;
  out.wish = wish;
  out.stands_as = starved ? share_class::guaranteed : stands_as;
  out.kept_milli = now < one.held_until ? one.allotted : 0;
  out.credibility_milli = one.trust.milli();
  return out;
}

void party_book::settle(std::span<const allotment> allotments, time_point now) {
  for (const auto& [agent, milli] : allotments) {
    const auto found = members_.find(agent);
    if (found == members_.end()) continue;  // it left while the others agreed
    auto& one = found->second;
    judge(one, now);
    if (milli > one.allotted) one.held_until = now + terms_.min_hold;
    if (milli != one.allotted) {
      one.since = now;
      one.used = 0;
    }
    one.allotted = milli;
    if (milli * starving_part >= one.asked)
      one.starves_since.reset();
    else if (!one.starves_since)
      one.starves_since = now;
  }
}

void party_book::on_used(agent_id agent, const share_grant& granted, const share_use& more) {
  const auto found = members_.find(agent);
  if (found == members_.end() || capacity_.compute_units == 0) return;
  found->second.used += more.busy_ns * granted.compute_units * 1'000 / capacity_.compute_units;
}

void party_book::judge(member& one, time_point now) const {
  const auto lasted = now - one.since;
  if (one.allotted == 0 || lasted < terms_.judged_after) return;
  one.trust.judge(static_cast<std::uint64_t>(lasted.count()) * one.allotted, one.used);
  one.since = now;
  one.used = 0;
}

std::optional<time_point> party_book::next_call(time_point now) const {
  std::optional<time_point> next;
  const auto note = [&](time_point at) {
    if (at > now && (!next || at < *next)) next = at;
  };
  bool anybody_starves = false;
  for (const auto& [agent, one] : members_) {
    if (!one.starves_since) continue;
    note(*one.starves_since + terms_.starvation);
    anybody_starves = true;
  }
  if (!anybody_starves) return std::nullopt;
  for (const auto& [agent, one] : members_) note(one.held_until);
  return next;
}

}  // namespace dunlin
