// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/arbiter_core.hpp"

#include <algorithm>
#include <utility>

#include "coordination/sharing/leases/eviction.hpp"

namespace dunlin {

namespace {

arbiter_config sane(arbiter_config config) {
  constexpr duration shortest{1};
  auto& terms = config.terms;
  for (auto* time : {&terms.ttl, &terms.max_hold, &terms.aging_step, &terms.patience})
    *time = std::max(*time, shortest);
  terms.grace = std::max(terms.grace, duration{0});
  terms.max_waiting = std::max<std::size_t>(terms.max_waiting, 1);
  return config;
}

}  // namespace

arbiter_core::arbiter_core(const arbiter_config& wanted, std::unique_ptr<share_rule> first)
    : config(sane(wanted)), rule(std::move(first)), queue(config.terms.aging_step), book(config) {}

arbiter_core::arbiter_core(const arbiter_core& other)
    : config(other.config),
      rule(other.rule->clone()),
      queue(other.queue),
      book(other.book),
      priorities(other.priorities),
      reservations(other.reservations),
      served_at(other.served_at),
      enforcement_note(other.enforcement_note),
      regrants_(other.regrants_),
      blocked_(other.blocked_) {}

// -- what is due

void arbiter_core::advance(time_point now, sharing_effects& out) {
  end_what_is_over(now, out);
  serve(now, out);
}

void arbiter_core::end_what_is_over(time_point now, sharing_effects& out) {
  expire(now, out);
  refuse_impatient(now, out);
  while (const auto who = priorities.pop_ended(now)) rank_anew(*who, now);
  if (!reservations.empty()) end_reservations(now);
}

void arbiter_core::expire(time_point now, sharing_effects& out) {
  while (const auto holder = book.expired(now)) {
    const auto* why =
        book.find(*holder)->recalled ? "was recalled and did not release in time" : "did not renew in time";
    end_lease(*holder, error{errc::lease_expired, agent_text(*holder) + " " + why}, out);
  }
}

void arbiter_core::refuse_impatient(time_point now, sharing_effects& out) {
  while (auto ended = queue.pop_impatient(now)) {
    const auto& asked = ended->request;
    priorities.leave(asked);
    out.emplace_back(share_refused{asked.request, asked.holder,
                                   error{errc::timeout, "no grant within " + milliseconds_text(now - ended->since)}});
  }
}

// -- the queue

void arbiter_core::enqueue(const share_request& asked, time_point gives_up, time_point now) {
  priorities.enter(asked, now);
  queue.push({asked, now, gives_up, priorities.of(asked, now)});
}

bool arbiter_core::give_up(agent_id holder) {
  const auto left = queue.erase(holder);
  if (left) priorities.leave(left->request);
  return left.has_value();
}

void arbiter_core::rank_anew(agent_id who, time_point now) {
  blocked_ = {};
  if (const auto* lease = book.find(who)) {
    const auto rank = priorities.of(lease->asked, now);
    book.set_priority(who, raised(lease->asked.priority, lease->asked.boosts, now), rank);
    queue.set_priority(who, rank);
  } else if (const auto* waits = queue.find(who)) {
    queue.set_priority(who, priorities.of(waits->request, now));
  }
}

void arbiter_core::serve(time_point now, sharing_effects& out) {
  served_at = now;
  if (!reservations.empty()) serve_reserved(now, out);
  const waiting_request* wanted = nullptr;
  do {
    while ((wanted = next(now)) != nullptr && grant(*wanted, now, out)) {
    }
  } while (wanted != nullptr && make_room(*wanted, now, out));
  rule->share_rest();
  announce_regrants(now, out);
}

/// Returns who is served next: the first in the queue; none if nobody may be. A parked holder keeps its bytes; where
/// the first needs those, whoever else releases, it is the first of the parked ones: else they would wait for each
/// other for ever.
const waiting_request* arbiter_core::next(time_point now) const {
  const auto* first = first_in_queue(now);
  if (first == nullptr || book.has_memory_for(first->request, book.bytes_in_force())) return first;
  const auto* out = first;
  book.for_each([&](const held_lease& lease) {
    if (!lease.parked) return;
    const auto holder = lease.contract.holder;
    const auto* parked = queue.find(holder);
    if (may_be_served(*parked, now) && (out == first || queue.is_before(holder, out->request.holder))) out = parked;
  });
  return out;
}

/// Returns false if it does not fit; else it has left the queue.
bool arbiter_core::grant(const waiting_request& next, time_point now, sharing_effects& out) {
  const auto& asked = next.request;
  if (!book.has_memory_for(asked, 0)) return false;
  const auto what = rule->place(asked.holder, asked.wish);
  if (!what) return false;
  announce_regrants(now, out);
  const auto holder = asked.holder;
  const auto taken = *queue.erase(holder);
  if (const auto* parked = book.find(holder)) {
    const auto before = parked->contract.token;
    out.emplace_back(share_changed{contract_of(book.change(holder, *rule, *what, now)), before});
  } else {
    const auto& lease = book.open(taken, *rule, *what, now);
    out.emplace_back(share_granted{taken.request.request, contract_of(lease)});
  }
  return true;
}

void arbiter_core::adopt(const share_request& held, fencing_token before, time_point now, sharing_effects& out) {
  book.pass(before);
  const auto what = rule->place(held.holder, held.wish);
  announce_regrants(now, out);
  const share_grant bytes_only{0, held.wish.memory_bytes, duration{0}, 0, {}};
  const auto& lease = book.open({held, now}, *rule, what.value_or(bytes_only), now);
  if (what) {
    out.emplace_back(share_changed{contract_of(lease), before});
    return;
  }
  book.park(held.holder);
  queue.push({held, now});
  out.emplace_back(share_parked{lease.contract.id, held.holder, lease.contract.token, rule->lack(held.wish)});
}

void arbiter_core::announce_regrants(time_point now, sharing_effects& out) {
  rule->take_regrants(regrants_);
  for (const auto& [holder, grant] : std::exchange(regrants_, {})) {
    const auto before = book.find(holder)->contract.token;
    out.emplace_back(share_changed{contract_of(book.change(holder, *rule, grant, now)), before});
  }
}

// -- ends

held_lease arbiter_core::close(agent_id holder) {
  auto closed = book.close(holder);
  priorities.leave(closed.asked);
  if (closed.parked)
    queue.erase(holder);
  else
    rule->remove(holder);
  return closed;
}

void arbiter_core::end_lease(agent_id holder, error why, sharing_effects& out) {
  const auto ended = close(holder);
  if (ended.reserved) end_reservation(holder);
  out.emplace_back(share_revoked{ended.contract.id, holder, ended.contract.token, std::move(why)});
}

void arbiter_core::recall(agent_id holder, time_point until, const std::string& why, sharing_effects& out) {
  blocked_ = {};  // it goes: that can be what the first in the queue lacked
  const auto& contract = book.recall(holder, until).contract;
  out.emplace_back(share_recalled{contract.id, holder, contract.deadline, why});
}

void arbiter_core::park(agent_id holder, std::string why, time_point now, sharing_effects& out) {
  rule->remove(holder);
  const auto& lease = book.park(holder);
  queue.push({lease.asked, now, time_point::max(), lease.rank});
  out.emplace_back(share_parked{lease.contract.id, holder, lease.contract.token, std::move(why)});
}

// -- making room

/// Returns whether who is next fits now.
bool arbiter_core::make_room(const waiting_request& wanted, time_point now, sharing_effects& out) {
  const auto who = wanted.request.holder;
  if (still_blocked(who, now)) return false;
  const auto plan = plan_eviction(wanted, book, *rule, config.terms, now);
  for (const auto* lease : plan.leases) {
    auto why = now >= lease->hold_end ? "held long enough while others wait"
                                      : "priority " + std::to_string(wanted.priority) + " waits";
    if (plan.at_once)
      park(lease->contract.holder, std::move(why), now, out);
    else
      recall(lease->contract.holder, now + config.terms.grace, why, out);
  }
  if (!plan.at_once) note_blocked(who, now);
  return plan.at_once;
}

// Whoever asks behind the one that waits for room changes nothing: with many waiting, that is what most calls are.

bool arbiter_core::still_blocked(agent_id wanted, time_point now) const {
  return blocked_.who == wanted && blocked_.token == book.last_token() && blocked_.leases == book.size() &&
         now < blocked_.until;
}

void arbiter_core::note_blocked(agent_id wanted, time_point now) {
  blocked_ = {wanted, book.last_token(), book.size(), book.next_hold_end(now).value_or(time_point::max())};
}

// -- another rule

void arbiter_core::exchange(std::unique_ptr<share_rule> next, time_point now, sharing_effects& out) {
  rule = std::move(next);
  blocked_ = {};
  while (const auto* lost = room(now).not_kept()) end_reservation(lost->agent);
  std::vector<waiting_request> refused;
  queue.for_each([&](const waiting_request& one) {
    if (book.find(one.request.holder) == nullptr && !rule->check(one.request.wish)) refused.push_back(one);
  });
  for (const auto& one : refused) {
    give_up(one.request.holder);
    out.emplace_back(share_refused{one.request.request, one.request.holder, rule->check(one.request.wish).error()});
  }
  place_anew(now, out);
}

/// Whoever fits goes on and is not parked in between: its hold ends when it would have ended.
void arbiter_core::place_anew(time_point now, sharing_effects& out) {
  std::vector<const held_lease*> running;
  book.for_each([&](const held_lease& lease) {
    if (!lease.parked) running.push_back(&lease);
  });
  std::stable_partition(running.begin(), running.end(), [](const held_lease* lease) { return lease->reserved; });
  std::vector<std::pair<regrant, fencing_token>> kept;
  for (const auto* lease : running) {
    const auto holder = lease->contract.holder;
    if (lease->reserved) rule->promise(holder, reservations.find(holder)->what.wish.compute_milli);
    if (auto what = rule->place(holder, lease->asked.wish)) {
      kept.push_back({{holder, std::move(*what)}, lease->contract.token});
    } else {
      book.park(holder);
      queue.push({lease->asked, lease->since, time_point::max(), lease->rank});
      out.emplace_back(share_parked{lease->contract.id, holder, lease->contract.token, rule->lack(lease->asked.wish)});
    }
  }
  for (const auto& [goes_on, before] : kept) book.change(goes_on.holder, *rule, goes_on.grant, now);
  for (const auto& [goes_on, before] : kept)
    out.emplace_back(share_changed{contract_of(*book.find(goes_on.holder)), before});
}

}  // namespace dunlin
