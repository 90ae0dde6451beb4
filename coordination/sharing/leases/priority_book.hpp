// SPDX-License-Identifier: Apache-2.0
// Private to the arbiter: what raises agents above the priority with which they asked, and until when.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "coordination/sharing/arbiter.hpp"

namespace dunlin {

/// Boosts that will end, and lent priorities, of those who hold or wait. O(log n) per call, and next to nothing while
/// there are none.
class priority_book {
 public:
  /// Somebody asks: its boosts are watched from now on.
  void enter(const share_request& asked, time_point now);

  /// It neither holds nor waits any more.
  void leave(const share_request& asked);

  /// `priority` 0 ends what was lent before.
  void lend(agent_id to, std::uint8_t priority);

  /// Returns 0 if nothing is lent to the agent.
  [[nodiscard]] std::uint8_t lent_to(agent_id agent) const;

  /// Returns the priority that counts: its own with the boosts in force, or the one lent to it.
  [[nodiscard]] std::uint8_t of(const share_request& asked, time_point now) const;

  /// Returns one whose boost is over at `now`, once for each boost.
  std::optional<agent_id> pop_ended(time_point now);

  /// Returns when the next boost ends.
  [[nodiscard]] std::optional<time_point> next_end() const;

 private:
  std::map<agent_id, std::uint8_t> lent_;
  std::multiset<std::pair<time_point, agent_id>> ends_;
};

}  // namespace dunlin
