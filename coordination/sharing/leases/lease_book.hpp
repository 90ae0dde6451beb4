// SPDX-License-Identifier: Apache-2.0
// Private to sharing.
//
// Invariants: tokens rise strictly; the bytes of all leases, parked ones included, are what `bytes` says.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/leases/use_audit.hpp"
#include "coordination/sharing/leases/wait_queue.hpp"

namespace dunlin {

/// A lease that has not ended.
struct held_lease {
  share_contract contract;
  share_request asked;
  time_point since{};     ///< arrival of the request
  time_point hold_end{};  ///< when it must make room if somebody waits
  time_point gone_by{};   ///< when it must make room for a reservation: at the end of its hold, or of its own one
  std::uint8_t rank = 5;  ///< the priority that counts now, lent ones included
  bool reserved = false;  ///< its agent had reserved it: it makes room for nobody before its hold ends
  bool recalled = false;
  bool parked = false;  ///< stopped between two steps; keeps its bytes and waits in the queue to go on
};

/// Without a hold of its own it makes no claim on the time to come.
inline bool may_go_any_time(const share_request& asked) noexcept {
  return asked.preemptible && asked.wish.hold == duration{0};
}

/// The leases of one device by holder and by time. O(log leases) per call.
class lease_book {
 public:
  explicit lease_book(const arbiter_config& config);

  [[nodiscard]] const held_lease* find(agent_id holder) const;
  [[nodiscard]] std::size_t size() const noexcept { return leases_.size(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  /// Without those that parked leases keep.
  [[nodiscard]] std::uint64_t bytes_in_force() const noexcept { return bytes_ - parked_bytes_; }

  /// True if what `asked` names is left, with `more` that others are about to give back. A parked lease has its bytes.
  [[nodiscard]] bool has_memory_for(const share_request& asked, std::uint64_t more) const;

  /// Says how many bytes are missing, and who keeps them; empty if none are.
  [[nodiscard]] std::string lack_of_memory(const share_request& asked) const;
  [[nodiscard]] fencing_token last_token() const noexcept { return last_token_; }

  /// Tokens from now on are higher than this one too.
  void pass(fencing_token seen) noexcept { last_token_ = std::max(last_token_, seen); }

  const held_lease& open(const waiting_request& from, const share_rule& rule, const share_grant& what, time_point now);

  /// Gives a lease another contract under a new token. One that was parked goes on.
  const held_lease& change(agent_id holder, const share_rule& rule, const share_grant& what, time_point now);

  /// Stops a lease between two steps. It keeps its bytes.
  const held_lease& park(agent_id holder);

  /// Ends a lease that was found.
  held_lease close(agent_id holder);

  /// Its hold does not end before the reservation does. Who needs longer goes on then, while nobody else has reserved.
  void begin_reserved(agent_id holder, time_point until);

  /// The reservation is over; the lease is not.
  void end_reserved(agent_id holder) { at(holder).reserved = false; }

  /// The lease ends at `until` unless it is released before.
  const held_lease& recall(agent_id holder, time_point until);

  /// Errors: fenced_off, lease_expired, not_holder.
  [[nodiscard]] result<void> check_token(agent_id holder, fencing_token token) const;

  void renew(agent_id holder, time_point now);

  /// `shown` is its own priority with boosts, `rank` what counts.
  void set_priority(agent_id holder, std::uint8_t shown, std::uint8_t rank);
  void add_use(agent_id holder, const share_use& more);
  [[nodiscard]] const use_audit& audit() const noexcept { return audit_; }

  /// Returns a holder whose lease is over at `now`.
  [[nodiscard]] std::optional<agent_id> expired(time_point now) const;
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// Returns the first time after `now` at which a holder that was not recalled must make room.
  [[nodiscard]] std::optional<time_point> next_hold_end(time_point now) const;

  /// Calls `visit(const held_lease&)` in the order of lease ids.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [id, holder] : by_id_) visit(leases_.at(holder));
  }

 private:
  using moments = std::set<std::pair<time_point, agent_id>>;

  held_lease& at(agent_id holder) { return leases_.at(holder); }
  void put(held_lease& lease, const share_rule& rule, const share_grant& what);
  void begin_hold(held_lease& lease, time_point now);
  static void move(moments& among, time_point from, time_point to, agent_id who);

  device_capacity device_;
  lease_terms terms_;
  fencing_token last_token_;
  std::uint64_t last_lease_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t parked_bytes_ = 0;
  use_audit audit_;
  std::unordered_map<agent_id, held_lease> leases_;
  std::map<std::uint64_t, agent_id> by_id_;
  moments by_deadline_;
  moments by_hold_end_;  ///< of those in force that were not recalled
};

}  // namespace dunlin
