// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/fingerprint.hpp"

#include <cmath>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/leases/arbiter_core.hpp"
#include "coordination/sharing/patterns/fair_pool.hpp"
#include "coordination/sharing/turns/step_turns.hpp"
#include "coordination/sharing/turns/turn_ring.hpp"

namespace dunlin {

namespace {

void add_request(const share_request& asked, fingerprint& out) {
  const auto& wish = asked.wish;
  for (const std::uint64_t number :
       {asked.holder.value, asked.request.value, std::uint64_t{wish.compute_milli}, std::uint64_t{wish.most_milli},
        wish.memory_bytes, std::uint64_t{wish.weight}, std::uint64_t{asked.priority}})
    out.add(number);
  out.add(wish.hold);
  out.add(asked.patience);
  for (const bool flag : {wish.interactive, asked.preemptible, asked.in_steps}) out.add(flag);
  for (const auto& boost : asked.boosts) {
    if (boost.until <= out.now()) continue;
    out.add(boost.by);
    out.add(boost.until);
  }
}

void add_grant(const share_grant& granted, fingerprint& out) {
  out.add(granted.compute_units);
  out.add(granted.memory_bytes);
  out.add(granted.quantum);
  out.add(granted.lane);
  out.add(granted.units);
  out.add(granted.pooled);
}

template <class Map>
std::vector<agent_id> agents_of(const Map& map) {
  std::vector<agent_id> out;
  out.reserve(map.size());
  for (const auto& [agent, entry] : map) out.push_back(agent);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

void arbiter::add_to(fingerprint& out) const { core_->add_to(out); }

void arbiter_core::add_to(fingerprint& out) const {
  out.add(static_cast<int>(rule->pattern()));
  rule->add_to(out);
  out.add(queue.size());
  queue.for_each([&](const waiting_request& one) {
    add_request(one.request, out);
    out.add(one.since);
    out.add(one.gives_up);
    out.add(one.priority);
  });
  out.add(book.size());
  book.for_each([&](const held_lease& one) {
    out.add_token(one.contract.token);
    add_grant(one.contract.granted, out);
    add_request(one.asked, out);
    out.add(one.since);
    out.add(one.rank);
    out.add(one.contract.deadline);
    // Due is due, since whenever; whoever stops or is to stop has no hold that could end.
    for (const auto end : {one.hold_end, one.gone_by})
      out.add(one.parked || one.recalled || end <= served_at ? time_point::max() : end);
    out.add(one.recalled);
    out.add(one.parked);
  });
  out.add(reservations.size());
  for (const auto& [what, claim_by, claimed] : reservations.all()) {
    out.add(what.agent);
    out.add(what.wish.compute_milli);
    out.add(what.wish.memory_bytes);
    out.add(what.from);
    out.add(what.until);
    out.add(what.claim_within);
    out.add(claim_by);
    out.add(claimed);
  }
  out.add_token(book.last_token());
  const bool blocked =
      blocked_.token == book.last_token() && blocked_.leases == book.size() && out.now() < blocked_.until;
  out.add(blocked ? blocked_.who : agent_id{});
  if (blocked) out.add(blocked_.until);
}

void step_turns::add_to(fingerprint& out) const {
  for (const auto agent : agents_of(holders_)) {
    const auto& one = holders_.at(agent);
    out.add(agent);
    out.add_token(one.token);
    out.add(one.parked ? 0 : one.lane);
    out.add(one.units);
    out.add(one.quantum);
    for (const bool flag : {one.interactive, one.pooled, one.parked, one.waits}) out.add(flag);
    out.add(one.last_unit.value_or(~std::uint32_t{0}));
  }
  out.add(lanes_.size());
  for (const auto& [key, lane] : lanes_) {
    out.add(key.first);
    out.add(key.second);
    out.add(lane.units);
    std::visit([&](const auto& turns) { turns.add_to(out); }, lane.turns);
  }
  for (const auto agent : agents_of(running_)) {
    out.add(agent);
    out.add(running_.at(agent).units);
  }
}

/// Tags count from the lowest that matters.
void fair_pool::add_to(fingerprint& out) const {
  const auto base = lowest();
  const auto tag_of = [&](double tag) { return std::llround((std::max(tag, base) - base) * 1e9); };
  for (const auto agent : agents_of(members_)) {
    const auto& one = members_.at(agent);
    out.add(agent);
    out.add(one.quantum);
    out.add(static_cast<int>(one.phase));
    out.add(tag_of(one.tag));
    out.add(tag_of(one.turn));
  }
  for (const auto& [tag, order, agent] : line_) out.add(agent);
}

void turn_ring::add_to(fingerprint& out) const {
  out.add(terms_.burst);
  out.add(terms_.preemption_allowed);
  out.add(members_.size());
  for (const auto agent : agents_of(members_)) {
    const auto& one = members_.at(agent);
    out.add(agent);
    out.add(one.quantum);
    out.add(one.interactive);
    out.add(one.deficit);
    // Whoever has nothing to run pays a debt off as the others are served; without a debt, when it stopped is all the
    // same.
    const bool pays = !one.ready && one.deficit < duration{0};
    out.add(pays ? rounds_ - one.idle_since : 0);
  }
  for (const auto* list : {&ring_, &urgent_}) {
    out.add(list->size());
    for (const auto agent : *list) out.add(agent);
  }
  out.add(current_.value_or(agent_id{}));
  out.add(out_of_turn_);
}

}  // namespace dunlin
