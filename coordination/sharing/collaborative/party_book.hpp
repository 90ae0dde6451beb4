// SPDX-License-Identifier: Apache-2.0
// What the coordinator of a device remembers of its agents from one negotiation to the next: what each was allotted and
// until when it keeps that, since when it starves, and how far its claims are to be believed.
//
// Whoever gets more keeps it for `min_hold`, unless its own bid or answer says less; so nobody's share flutters. An
// opportunistic agent starves while it has less than a tenth of what its contract asks for; after `starvation` it
// stands as guaranteed until it has more, and keeps that for one `min_hold`.
//
// Starvation bound: the guaranteed are filled poorest first, so nobody who has more for its weight than the starved
// agent is raised before it, and no hold is renewed at its cost. With the first negotiation after `starvation +
// min_hold` at the latest it has what its contract asks for or its part by weight among the guaranteed, whichever is
// less. `next_call` says when a negotiation is due for that.
//
// Whoever used less than it was allotted is believed less, but only as far as the others had theirs meanwhile: a device
// that was held up, or turns that went round late, are nobody's lie.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "coordination/sharing/collaborative/credibility.hpp"
#include "coordination/sharing/collaborative/negotiation.hpp"

namespace dunlin {

struct party_terms {
  duration min_hold = 10s;
  duration starvation = 60s;
  duration judged_after = 500ms;  ///< use of a shorter time says little
};

/// Thread: the owner's.
class DUNLIN_EXPORT party_book {
 public:
  party_book(const device_capacity& capacity, const party_terms& terms) : capacity_(capacity), terms_(terms) {}

  /// Returns the agent as it enters the next negotiation. From the first call on it counts as one that wants a share.
  party enter(agent_id agent, const share_wish& wish, share_class stands_as, time_point now);

  /// These are in force from now on.
  void settle(std::span<const allotment> allotments, time_point now);

  /// Adds what the device measured while this grant was in force.
  void on_used(agent_id agent, const share_grant& granted, const share_use& more);

  /// The agent has given its share back, or is gone.
  void forget(agent_id agent, time_point now);

  /// Returns when a negotiation is due for those that starve; none while nobody does.
  [[nodiscard]] std::optional<time_point> next_call(time_point now) const;

  [[nodiscard]] std::uint32_t credibility_of(agent_id agent) const { return members_.at(agent).trust.milli(); }

 private:
  struct member {
    std::uint32_t asked = 0;  ///< by its contract
    std::uint32_t allotted = 0;
    time_point since{};       ///< of the allotment, as far as it was not judged
    time_point held_until{};  ///< it is not lowered before
    std::optional<time_point> starves_since;
    double used = 0;             ///< since `since`; like all sums here in nanoseconds of a thousandth of the device
    double used_by_all = 0;      ///< until `since`
    double allotted_to_all = 0;  ///< until `since`
    credibility trust = {};
  };

  void count_until(time_point now);
  void begin_window(member& one, time_point now);
  void judge(member& one, time_point now);

  device_capacity capacity_;
  party_terms terms_;
  std::map<agent_id, member> members_;
  std::uint64_t allotted_ = 0;  ///< now, to all
  double allotted_to_all_ = 0;
  double used_by_all_ = 0;
  time_point counted_until_{};
};

}  // namespace dunlin
