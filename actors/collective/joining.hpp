// SPDX-License-Identifier: Apache-2.0
// How a group comes about: one convenes it, the others come, everybody is told their ranks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/collective/meeting_place.hpp"
#include "actors/collective/word_stream.hpp"

namespace dunlin {

/// What a member brings when it joins.
struct joining_terms {
  duration within = 30s;                       ///< until everybody has to be there
  std::function<bool()> cancelled = {};        ///< may be empty
  std::shared_ptr<const wake_bell> bell = {};  ///< rings when it is cancelled; may be null
};

/// A group that has come about, as one member sees it.
struct joined_group {
  std::uint32_t rank = 0;
  std::vector<member_place> members;  ///< by rank: in the order of their nodes' names, which is the overlay's ring
  std::map<std::uint32_t, word_stream> streams;  ///< the convener's to each other one; a member's to the convener: one
  bool convenes = false;
};

/// Returns an invitation that no other group has. From now on members may come. Errors: invalid_argument (no members,
/// or over 256), io_failed (no randomness).
DUNLIN_EXPORT result<group_invitation> invite(meeting_place& place, std::uint32_t members, duration within = 60s);

/// Waits until everybody has come. Errors: timeout (who is missing), cancelled.
DUNLIN_EXPORT result<joined_group> gather(meeting_place& place, const group_invitation& group,
                                          const joining_terms& terms);

/// Comes to whoever convenes the group and waits until everybody has. Errors: those of `gather`, unreachable,
/// link_down (the convener is gone).
DUNLIN_EXPORT result<joined_group> join(meeting_place& place, const group_invitation& group,
                                        const joining_terms& terms);

}  // namespace dunlin
