// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/eviction.hpp"

#include <algorithm>
#include <tuple>

namespace dunlin {

namespace {

using candidates = std::vector<const held_lease*>;

/// True if the next has a higher priority and would have been served before the holder. The second condition lets a
/// holder that was served because of its long wait keep its share.
bool outranks(const waiting_request& next, const held_lease& holder, duration step) {
  return next.priority > holder.rank && next.since - step * next.priority < holder.since - step * holder.rank;
}

void put_in_order(candidates& some) {
  const auto order = [](const held_lease* one) {
    return std::tuple{!one->recalled, one->rank, -one->since.time_since_epoch().count()};
  };
  std::ranges::sort(some, {}, order);
}

/// Those that were recalled come first: they go anyway.
candidates who_may_go(const waiting_request& next, const lease_book& book, duration step, time_point now) {
  candidates out;
  book.for_each([&](const held_lease& lease) {
    if (lease.parked) return;
    const bool gives_way = lease.asked.preemptible && !lease.reserved && outranks(next, lease, step);
    if (lease.recalled || now >= lease.hold_end || gives_way) out.push_back(&lease);
  });
  put_in_order(out);
  return out;
}

/// They stop between two steps, for one that comes out of the queue's order.
candidates who_can_be_parked(const lease_book& book) {
  candidates out;
  book.for_each([&](const held_lease& lease) {
    if (lease.asked.in_steps && !lease.parked && !lease.recalled && !lease.reserved) out.push_back(&lease);
  });
  put_in_order(out);
  return out;
}

/// Chooses among candidates. `parking`: those that work in steps stop between two, and keep their bytes.
class chooser {
 public:
  chooser(const share_request& next, const lease_book& book, const share_rule& rule, bool parking)
      : next_(next), book_(book), rule_(rule), parking_(parking) {}

  /// Returns the first of them whose end lets the next in, without those that need not go; none if all of them are not
  /// enough.
  [[nodiscard]] candidates fewest_of(const candidates& may_go) const {
    candidates gone;
    for (const auto* lease : may_go) {
      gone.push_back(lease);
      if (fits_without(gone)) return spare_who_need_not_go(std::move(gone));
    }
    return {};
  }

 private:
  [[nodiscard]] candidates spare_who_need_not_go(candidates gone) const {
    for (std::size_t at = 0; at + 1 < gone.size();) {
      auto fewer = gone;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at));
      if (!gone[at]->recalled && fits_without(fewer))
        gone = std::move(fewer);
      else
        ++at;
    }
    return gone;
  }

  [[nodiscard]] bool fits_without(const candidates& gone) const {
    std::uint64_t freed = 0;
    std::vector<agent_id> holders;
    holders.reserve(gone.size());
    for (const auto* lease : gone) {
      holders.push_back(lease->contract.holder);
      const bool keeps_bytes = parking_ && lease->asked.in_steps && !lease->recalled;
      if (!keeps_bytes) freed += lease->contract.granted.memory_bytes;
    }
    return book_.has_memory_for(next_, freed) && rule_.fits_without(next_.wish, holders);
  }

  const share_request& next_;
  const lease_book& book_;
  const share_rule& rule_;
  bool parking_;
};

}  // namespace

std::vector<const held_lease*> plan_parking(const share_request& next, const lease_book& book, const share_rule& rule) {
  return chooser{next, book, rule, true}.fewest_of(who_can_be_parked(book));
}

eviction plan_eviction(const waiting_request& next, const lease_book& book, const share_rule& rule,
                       const lease_terms& terms, time_point now) {
  const auto may_go = who_may_go(next, book, terms.aging_step, now);
  bool parking = true;
  auto gone = chooser{next.request, book, rule, parking}.fewest_of(may_go);
  if (gone.empty()) gone = chooser{next.request, book, rule, parking = false}.fewest_of(may_go);
  const auto has_to_release = [&](const held_lease* one) { return one->recalled || !parking || !one->asked.in_steps; };
  eviction out;
  out.at_once = !gone.empty() && std::ranges::none_of(gone, has_to_release);
  // Nobody is parked for the sake of one that has to wait for a release all the same.
  for (const auto* lease : gone)
    if (!lease->recalled && (out.at_once || has_to_release(lease))) out.leases.push_back(lease);
  return out;
}

}  // namespace dunlin
