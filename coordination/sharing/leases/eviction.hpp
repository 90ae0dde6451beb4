// SPDX-License-Identifier: Apache-2.0
// Private to the arbiter: who makes room for a request that does not fit.
#pragma once

#include <vector>

#include "coordination/sharing/leases/lease_book.hpp"
#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

/// Who has to go, and how.
struct eviction {
  /// All of them work in steps: once they are parked, the request fits. Else they have to be recalled, and it has to
  /// wait for that.
  bool at_once = false;
  std::vector<const held_lease*> leases;  ///< without those that were recalled before
};

/// Chooses the fewest holders, of the lowest priority and the newest first, without whom `next` fits: of those that
/// were recalled, have held long enough, or may be preempted by it. Nobody, if even all of them are not enough.
eviction plan_eviction(const waiting_request& next, const lease_book& book, const share_rule& rule,
                       const lease_terms& terms, time_point now);

/// Chooses the fewest holders, in the same order, that work in steps and without whom `next` fits once they are parked.
/// Nobody, if even all of them are not enough.
std::vector<const held_lease*> plan_parking(const share_request& next, const lease_book& book, const share_rule& rule);

}  // namespace dunlin
