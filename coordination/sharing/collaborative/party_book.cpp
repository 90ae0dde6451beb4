// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/party_book.hpp"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::uint32_t starving_part = 10;  // of what was asked for

}  // namespace

party party_book::enter(agent_id agent, const share_wish& wish, share_class stands_as, time_point now) {
  count_until(now);
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
  count_until(now);
  for (const auto& [agent, milli] : allotments) {
    const auto found = members_.find(agent);
    if (found == members_.end()) continue;  // it left while the others agreed
    auto& one = found->second;
    judge(one, now);
    if (milli > one.allotted) one.held_until = now + terms_.min_hold;
    if (milli != one.allotted) begin_window(one, now);
    allotted_ = allotted_ + milli - one.allotted;
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
  const auto busy = static_cast<double>(more.busy_ns) * granted.compute_units * 1'000 / capacity_.compute_units;
  found->second.used += busy;
  used_by_all_ += busy;
}

void party_book::forget(agent_id agent, time_point now) {
  const auto found = members_.find(agent);
  if (found == members_.end()) return;
  count_until(now);
  allotted_ -= found->second.allotted;
  members_.erase(found);
}

void party_book::count_until(time_point now) {
  allotted_to_all_ += static_cast<double>((now - counted_until_).count()) * static_cast<double>(allotted_);
  counted_until_ = now;
}

void party_book::begin_window(member& one, time_point now) {
  one.since = now;
  one.used = 0;
  one.used_by_all = used_by_all_;
  one.allotted_to_all = allotted_to_all_;
}

void party_book::judge(member& one, time_point now) {
  const auto lasted = now - one.since;
  if (one.allotted == 0 || lasted < terms_.judged_after) return;
  const auto own = static_cast<double>(lasted.count()) * one.allotted;
  const auto to_others = allotted_to_all_ - one.allotted_to_all - own;
  const auto by_others = used_by_all_ - one.used_by_all - one.used;
  const auto came_round = to_others > 0 ? std::clamp(by_others / to_others, 0.0, 1.0) : 1.0;
  one.trust.judge(static_cast<std::uint64_t>(own * came_round), static_cast<std::uint64_t>(one.used));
  begin_window(one, now);
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
