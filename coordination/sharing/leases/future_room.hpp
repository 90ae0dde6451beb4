// SPDX-License-Identifier: Apache-2.0
// Private to the arbiter: what fits beside the reservations of a device, now and later.
//
// At the begin of each reservation all that are in force then have to fit together with every holder that cannot be
// gone by then. A holder counts until its stated or longest hold ends, or until its recall; not at all if it may be
// recalled at any time (it is preemptible and has stated no hold); and its units do not count if it works in steps,
// since it is parked then. So who asks for less time than is left goes before a reservation, and who states no time
// goes if it can be stopped: EASY backfilling, with reservations that are promised instead of planned.
// Source: Lifka, The ANL/IBM SP scheduling system, JSSPP 1995; advance reservations as in Smith, Foster and Taylor,
// Scheduling with advanced reservations, IPDPS 2000.
#pragma once

#include <string>
#include <vector>

#include "coordination/sharing/leases/lease_book.hpp"
#include "coordination/sharing/leases/reservation_book.hpp"
#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

/// A look at a device at one time. Keeps references to what it looks at.
class future_room {
 public:
  future_room(const arbiter_config& config, const lease_book& leases, const reservation_book& reserved,
              const share_rule& rule, time_point now) noexcept
      : config_(config), leases_(leases), reserved_(reserved), rule_(rule), now_(now) {}

  /// Returns the first reservation that could not be met if the request were granted now; none if all could.
  [[nodiscard]] const share_reservation* broken_by(const share_request& asked) const;

  /// Returns beside whom a further reservation does not fit, in words; empty if it fits.
  [[nodiscard]] std::string lack(const share_reservation& wanted) const;

  /// Returns a reservation that the rule cannot keep; none if it keeps all.
  [[nodiscard]] const share_reservation* not_kept() const;

  /// Returns the holders that have to be recalled for a reservation: the fewest, of the lowest priority and the newest
  /// first. Those that work in steps are not among them unless their bytes are needed.
  [[nodiscard]] std::vector<const held_lease*> in_the_way_of(const share_reservation& wanted) const;

 private:
  /// What has to be there together at one time.
  struct claims {
    std::vector<share_wish> reserved = {};
    std::vector<share_wish> others = {};
    std::uint64_t memory_bytes = 0;

    void reserve(const share_wish& wish) {
      reserved.push_back(wish);
      memory_bytes += wish.memory_bytes;
    }
  };

  [[nodiscard]] bool fits(const claims& all) const;
  [[nodiscard]] bool fits_with(const share_request& asked, time_point at) const;
  [[nodiscard]] bool fits_with(const share_reservation& wanted, time_point at) const;
  [[nodiscard]] claims claims_at(time_point at, agent_id without = {}, duration grace = {}) const;
  [[nodiscard]] bool is_reserved(const held_lease& lease, time_point at) const;
  [[nodiscard]] time_point leaves(const held_lease& lease) const noexcept;
  [[nodiscard]] time_point would_leave(const share_request& asked) const noexcept;
  [[nodiscard]] std::vector<const held_lease*> who_may_be_recalled(time_point at, time_point gone_by) const;
  [[nodiscard]] bool fits_without(const std::vector<const held_lease*>& gone, time_point at) const;

  const arbiter_config& config_;
  const lease_book& leases_;
  const reservation_book& reserved_;
  const share_rule& rule_;
  time_point now_;
};

}  // namespace dunlin
