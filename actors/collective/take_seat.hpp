// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/collective/collective_seat.hpp"

namespace dunlin {

/// The group that a member wants to be in.
struct group_wish {
  std::string name;           ///< one that only its members use, such as the job's; free again once all have come
  std::uint32_t members = 2;  ///< all of them, 1 to 256
  duration within = 30s;      ///< everybody has to have come
  group_limits limits = {};   ///< of each call
};

/// Knows who convenes the group of a name.
class DUNLIN_EXPORT group_finder {
 public:
  virtual ~group_finder() = default;

  /// Returns the group of this name: `own` if nobody was first. Waits, but not long.
  /// Errors: those of `open_groups::on_sought`, unreachable (no leader), timeout, cancelled.
  virtual result<group_invitation> find(const std::string& name, const group_invitation& own,
                                        const wait_terms& terms) = 0;

  /// Whoever asked so has not come into the group. Does not wait.
  virtual void give_up(const std::string& name, const group_invitation& own) = 0;
};

/// Finds the group, convenes it if nobody does, and waits until all have come. `place` outlives the seat.
/// Errors: invalid_argument (more members at least than there are), those of `invite`, `gather`, `join` and
/// `group_finder::find`.
DUNLIN_EXPORT result<std::unique_ptr<collective_seat>> take_seat(meeting_place& place, group_finder& groups,
                                                                 const group_wish& wish,
                                                                 seat_surroundings surroundings);

}  // namespace dunlin
