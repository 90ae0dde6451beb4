// SPDX-License-Identifier: Apache-2.0
// How the arbiter keeps reservations: whoever would be in the way is not granted a share or is recalled in time; who
// has reserved comes before the queue.
#include "coordination/sharing/leases/arbiter_core.hpp"

#include <algorithm>

#include "coordination/sharing/leases/eviction.hpp"

namespace dunlin {

namespace {

/// So many are looked at for one that may go before a reservation; those behind them wait.
constexpr int most_looked_at = 64;

}  // namespace

// -- begin and end

result<void> arbiter_core::check_room(const share_reservation& wanted, time_point now) const {
  if (!rule->keeps({&wanted.wish, 1}, {}))
    return fail(errc::infeasible, "no place on a device that is shared like this is sure to suffice", {}, "wish");
  if (reservations.find(wanted.agent) != nullptr)
    return fail(errc::conflict, agent_text(wanted.agent) + " has reserved this device already", "cancel that first",
                "agent");
  if (reservations.size() >= config.terms.most_reservations)
    return fail(errc::overloaded, std::to_string(reservations.size()) + " shares of this device are reserved",
                "try again later");
  if (auto lack = room(now).lack(wanted); !lack.empty())
    return fail(errc::conflict, std::move(lack), "reserve less, or for another time", "from");
  return {};
}

result<void> arbiter_core::hand_over(agent_id from, agent_id to) {
  if (reservations.find(from) == nullptr)
    return fail(errc::not_found, agent_text(from) + " has reserved nothing of this device");
  if (book.find(from) != nullptr)  // it was granted that as one that has reserved
    return fail(errc::conflict, agent_text(from) + " holds this device", "release it first", "from");
  if (reservations.find(to) != nullptr)
    return fail(errc::conflict, agent_text(to) + " has reserved this device already", "cancel that first", "to");
  reservations.hand_over(from, to);
  blocked_ = {};
  return {};
}

bool arbiter_core::end_reservation(agent_id agent) {
  if (!reservations.erase(agent)) return false;
  blocked_ = {};
  rule->promise(agent, 0);
  if (book.find(agent) != nullptr) book.end_reserved(agent);
  return true;
}

void arbiter_core::reopen_reservation(agent_id agent, time_point now) {
  reservations.reopen(agent, now);
  blocked_ = {};
  rule->promise(agent, 0);
}

void arbiter_core::end_reservations(time_point now) {
  const auto has_asked = [&](const reservation_book::entry& one) {
    const auto* waits = queue.find(one.what.agent);
    return waits != nullptr && one.what.covers(waits->request.wish);
  };
  while (const auto over = reservations.over(now, has_asked)) end_reservation(over->what.agent);
}

result<void> arbiter_core::check_rule(const share_rule& next, time_point now) const {
  const auto* lost = future_room{config, book, reservations, next, now}.not_kept();
  if (lost == nullptr) return {};
  return fail(errc::conflict,
              lost->whose() + " has reserved a share that " + std::string{to_string(next.pattern())} +
                  " cannot keep for it beside the others",
              "cancel that reservation, or wait until it is over", "pattern");
}

// -- who has reserved

void arbiter_core::serve_reserved(time_point now, sharing_effects& out) {
  recall_for_reservations(now, out);
  const auto all = reservations.all();  // a copy: claims change it
  for (const auto& [what, claim_by, claimed] : all) {
    if (claimed || !what.in_force(now) || !claim(what, now, out)) continue;
    reservations.claim(what.agent);
    book.begin_reserved(what.agent, what.until);
  }
}

void arbiter_core::recall_for_reservations(time_point now, sharing_effects& out) {
  for (const auto& [what, claim_by, claimed] : reservations.all()) {
    if (claimed || now < what.from - config.terms.grace) continue;
    const auto until = std::max(what.from, now + config.terms.grace);
    const auto why = what.whose() + " has reserved its share";
    for (const auto* lease : room(now).in_the_way_of(what)) recall(lease->contract.holder, until, why, out);
  }
}

/// Returns whether its agent holds what it has reserved.
bool arbiter_core::claim(const share_reservation& what, time_point now, sharing_effects& out) {
  const auto* held = book.find(what.agent);
  if (held != nullptr && held->recalled) return false;  // it has to ask anew
  if (held != nullptr && !held->parked) {
    if (!what.covers(held->asked.wish)) return false;
    rule->promise(what.agent, what.wish.compute_milli);
    return true;
  }
  const auto* waits = queue.find(what.agent);
  if (waits == nullptr || !what.covers(waits->request.wish)) return false;
  rule->promise(what.agent, what.wish.compute_milli);
  if (grant(*waits, now, out)) return true;
  for (const auto* lease : plan_parking(waits->request, book, *rule))
    park(lease->contract.holder, what.whose() + " has reserved its share", now, out);
  return grant(*waits, now, out);
}

// -- who has not

/// Returns none if nobody who waits may be served now.
const waiting_request* arbiter_core::first_in_queue(time_point now) const {
  if (queue.empty()) return nullptr;
  if (reservations.empty()) return &queue.front();
  const waiting_request* first = nullptr;
  int looked_at = 0;
  queue.any_of([&](const waiting_request& one) {
    if (may_be_served(one, now)) first = &one;
    return first != nullptr || ++looked_at == most_looked_at;
  });
  return first;
}

bool arbiter_core::may_be_served(const waiting_request& one, time_point now) const {
  if (reservations.empty()) return true;
  return !reservations.awaits(one.request.holder, one.request.wish, now) && room(now).broken_by(one.request) == nullptr;
}

}  // namespace dunlin
