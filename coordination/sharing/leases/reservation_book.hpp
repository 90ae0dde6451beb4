// SPDX-License-Identifier: Apache-2.0
// Private to the arbiter: who has reserved which share, and when.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "coordination/sharing/leases/share_reservation.hpp"

namespace dunlin {

/// Reservations that have not ended, by their begin; each agent at most once. A handful: every call is O(n).
class reservation_book {
 public:
  struct entry {
    share_reservation what;
    time_point claim_by{};
    bool claimed = false;  ///< its agent holds what it reserved
  };

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] const std::vector<entry>& all() const noexcept { return entries_; }

  /// Returns none if the agent has no reservation.
  [[nodiscard]] const entry* find(agent_id agent) const noexcept;

  /// True if the agent may have its reserved share for this wish as soon as it is there, out of the queue's order.
  [[nodiscard]] bool awaits(agent_id agent, const share_wish& asked, time_point now) const noexcept;

  void add(const share_reservation& what);
  void claim(agent_id agent) noexcept;

  /// From now on it is `to`'s, which has none.
  void hand_over(agent_id from, agent_id to);

  /// Its agent has given the share back, and may claim it again.
  void reopen(agent_id agent, time_point now) noexcept;

  /// Takes a reservation out; returns whether there was one.
  bool erase(agent_id agent);

  /// Returns one that is over: whose time is, or that lapsed because `has_asked(entry)` is false.
  template <class HasAsked>
  [[nodiscard]] std::optional<entry> over(time_point now, HasAsked&& has_asked) const {
    for (const auto& one : entries_)
      if (now >= one.what.until || (lapses(one, now) && !has_asked(one))) return one;
    return std::nullopt;
  }

  /// Returns the next time after `now` at which one has to be prepared, `ahead` of its begin, or begins, lapses or
  /// ends.
  [[nodiscard]] std::optional<time_point> next_time(time_point now, duration ahead) const;

 private:
  static bool lapses(const entry& one, time_point now) noexcept { return !one.claimed && now >= one.claim_by; }

  void insert(entry&& fresh);

  std::vector<entry> entries_;
};

}  // namespace dunlin
