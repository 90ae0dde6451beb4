// SPDX-License-Identifier: Apache-2.0
// Who sends what to whom, in which order. A buffer is cut into lanes that do not wait for each other, so that one part
// travels while another is added up. In a lane a member does its transfers in order: it sends when everything that it
// receives before has come. Every send has one receive: that of the same lane and round at its peer. Rings move each
// element 2 (n - 1) / n times, the least that is possible; what goes to all and fits into one message takes a tree,
// which has fewer rounds. Source: Patarasuk, Yuan: Bandwidth optimal all-reduce algorithms for clusters of
// workstations, JPDC 2009; barrier: Hensgen, Finkel, Manber: Two algorithms for barrier synchronization, IJPP 1988.
#pragma once

#include <vector>

#include "coordination/collective/collective_call.hpp"

namespace dunlin {

struct transfer {
  std::uint32_t round = 0;
  std::uint32_t peer = 0;  ///< rank
  bool is_send = false;
  bool combines = false;  ///< of a receive: into what is there; else over it
  element_range range;

  friend bool operator==(const transfer&, const transfer&) = default;
};

/// One member's transfers, by lane.
using transfer_plan = std::vector<std::vector<transfer>>;

/// Returns the plan of member `rank` of `members`. `lane_elements`: how many elements of a part a lane has at most,
/// above 0. Requires: the call was checked.
[[nodiscard]] DUNLIN_EXPORT transfer_plan plan_transfers(const collective_call& call, std::uint32_t members,
                                                         std::uint32_t rank, std::uint64_t lane_elements);

}  // namespace dunlin
