// SPDX-License-Identifier: Apache-2.0
// Who holds which share of one device. The arbiter keeps what all patterns have in common: the queue, tokens, times,
// bytes; a rule says who fits beside whom. The rule can be exchanged while leases are held: each gets a new contract
// under a higher token, or is parked between two steps until it fits again.
//
// Waiting requests are ordered by `arrival - priority × aging_step`, so that waiting counts as priority. A priority is
// the one asked with, raised by boosts until they end, or the one that is lent by who waits elsewhere, if that is
// higher. A lease lives `ttl` and is renewed. While somebody waits who does not fit, holders make room: those that may
// be preempted for a higher priority, any of them after `max_hold`. A holder that works in steps is parked, another is
// recalled and ends after `grace` at the latest.
//
// Invariants: never more bytes or units are granted than the device has; tokens rise strictly; at most `max_waiting`
// wait; a request ends by a grant or within its patience. Starvation bound: a request of priority p is served before
// every request that arrives (10 - p) × aging_step later; nobody keeps what it needs for more than max_hold + max(ttl,
// grace) once it is next. Both hold while nothing is reserved, and from the end of the last reservation on.
//
// A reservation that was accepted is met: from its begin on, its agent has the share that it asks for after one step
// and the grace at the latest, and keeps it to the end. Until then others may have it who state that they will be gone,
// or who can be stopped in time; so one that asks for little time goes before one that would be in the way.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/sharing/contract/contract_view.hpp"
#include "coordination/sharing/leases/share_reservation.hpp"
#include "coordination/sharing/patterns/share_rule.hpp"
#include "coordination/tasks/priority_boost.hpp"

namespace dunlin {

/// Asks for a share of the device. An agent has at most one request or lease on a device.
struct share_request {
  request_id request;  ///< the caller's own number, comes back in a refusal and in the grant
  agent_id holder;
  share_wish wish;
  std::uint8_t priority = 5;                ///< 1-10
  bool preemptible = true;                  ///< may have to make room for a higher priority
  duration patience{0};                     ///< refuse with `timeout` after this; 0 = the arbiter's own
  bool in_steps = false;                    ///< can be stopped between two steps and go on later
  bool at_gate = true;                      ///< its steps pass the device's gate; if not, nobody keeps it to its units
  std::vector<priority_boost> boosts = {};  ///< at most `most_boosts`
};

/// The holder has the share from now on.
struct share_granted {
  request_id request;
  share_contract contract;
};

/// The holder goes on under this contract from its next step on. `before` is the token that it replaces.
struct share_changed {
  share_contract contract;
  fencing_token before = 0;
};

/// The holder stops before its next step and waits for a new contract. It keeps its bytes.
struct share_parked {
  lease_id lease;
  agent_id holder;
  fencing_token token = 0;
  std::string why;
};

/// The holder must stop and release before `until`; then the lease ends anyway.
struct share_recalled {
  lease_id lease;
  agent_id holder;
  time_point until{};
  std::string why;
};

/// The lease has ended without a release. The shell fences the device: steps with a token <= `token` are refused. Comes
/// before the grant that follows from it.
struct share_revoked {
  lease_id lease;
  agent_id holder;
  fencing_token token = 0;
  error why;
};

/// A waiting request ends without a grant.
struct share_refused {
  request_id request;
  agent_id holder;
  error why;
};

using sharing_effect =
    std::variant<share_granted, share_changed, share_parked, share_recalled, share_revoked, share_refused>;

/// In the order in which they are to be performed; appended to, never cleared by the decision object.
using sharing_effects = std::vector<sharing_effect>;

/// Where an agent stands at a device, in words.
struct share_explanation {
  std::string summary;              ///< one sentence
  std::string change;               ///< what would change it; empty if nothing
  std::vector<agent_id> waits_for;  ///< the holders and those ahead in the queue, next first
};

/// How long things may take.
struct lease_terms {
  duration ttl = 15s;
  duration grace = 2s;      ///< between a recall and its end
  duration max_hold = 60s;  ///< before a holder must make room for others
  duration aging_step = 10s;
  duration patience = 300s;  ///< for requests that name none
  std::size_t max_waiting = 10'000;
  std::size_t most_reservations = 16;
  duration reserve_ahead = std::chrono::hours{24 * 7};  ///< no reservation ends later than that from now
};

struct arbiter_config {
  device_capacity capacity;
  lease_terms terms;
  fencing_token last_token = 0;  ///< the highest token the device has seen; grants go on from there
};

/// Grants, renews, changes and ends the leases of one device. Thread: the owner's.
class DUNLIN_EXPORT arbiter {
 public:
  arbiter(const arbiter_config& config, std::unique_ptr<share_rule> rule);
  ~arbiter();
  arbiter(arbiter&&) noexcept;
  arbiter& operator=(arbiter&&) noexcept;

  [[nodiscard]] sharing_pattern pattern() const noexcept;

  /// Grants, queues or refuses; exactly one grant or refusal follows from each request that is accepted, unless the
  /// holder gives up by `release` or is lost. Errors: invalid_argument, infeasible, conflict (has a request or lease
  /// here already), overloaded (queue full).
  result<void> request(const share_request& wish, time_point now, sharing_effects& out);

  /// Takes over a lease that an earlier arbiter of this device granted under `before`: its holder goes on under a new
  /// contract, or is parked until it fits. Those that wait come after all that are taken over, so adopt first.
  /// Errors: as `request`, and quota_exceeded (its bytes are not there); nothing has changed.
  result<void> adopt(const share_request& held, fencing_token before, time_point now, sharing_effects& out);

  /// Prolongs a lease; returns its new deadline. Errors: fenced_off (a newer token exists), lease_expired, not_holder,
  /// conflict (recalled).
  result<time_point> renew(agent_id holder, fencing_token token, time_point now);

  /// Lends the agent, which holds or waits here, the priority of somebody who waits elsewhere for what it holds: it
  /// counts here as if it were its own, until another one is lent; 0 ends it. Errors: invalid_argument, not_found
  /// (neither holds nor waits here).
  result<void> lend(agent_id holder, std::uint8_t priority, time_point now, sharing_effects& out);

  /// Gives a lease back, or a waiting request up (token 0). Errors: fenced_off, not_holder.
  result<void> release(agent_id holder, fencing_token token, time_point now, sharing_effects& out);

  /// The agent is gone: ends its lease and its request at once.
  void holder_lost(agent_id holder, time_point now, sharing_effects& out);

  /// Takes the lease away: with grace if `grace` > 0, else at once. Errors: not_holder.
  result<void> revoke(agent_id holder, duration grace, const std::string& why, time_point now, sharing_effects& out);

  /// Keeps a share free for an agent from a time on. Errors: invalid_argument, infeasible (an empty device could not
  /// meet it), conflict (the agent has reserved already, or there is no room beside other reservations and holders that
  /// cannot be sent away by then), overloaded (`most_reservations`).
  result<void> reserve(const share_reservation& wanted, time_point now, sharing_effects& out);

  /// What `from` has reserved is `to`'s from now on: who reserves for a task may not know yet which agent will work on
  /// it. Errors: invalid_argument (no agent), not_found, conflict (`from` holds a share, or `to` has reserved already).
  result<void> hand_over(agent_id from, agent_id to, time_point now, sharing_effects& out);

  /// Whoever holds its share by the reservation goes on without it. Errors: not_found.
  result<void> cancel_reservation(agent_id agent, time_point now, sharing_effects& out);

  /// Returns those that have not ended, by their begin.
  [[nodiscard]] std::vector<share_reservation> reservations() const;

  /// Errors: conflict (under this rule a reservation could not be met).
  [[nodiscard]] result<void> check_switch(const share_rule& rule, time_point now) const;

  /// Shares the device by another rule from now on. Nobody loses a lease; requests that no device under this rule
  /// could meet are refused, and reservations that it cannot keep end: ask `check_switch` first.
  void switch_to(std::unique_ptr<share_rule> rule, time_point now, sharing_effects& out);

  /// How strictly the device keeps its holders apart, and why not more: it changes with what else runs there.
  void set_enforcement(enforcement how, std::string why);

  /// Shares the device as it was negotiated from now on. Errors: as `share_rule::settle` says; nothing has changed.
  result<void> settle(std::span<const allotment> allotments, time_point now, sharing_effects& out);

  /// Does whatever is due at `now`.
  void tick(time_point now, sharing_effects& out);

  /// Returns when `tick` has something to do next; none = never, as things stand.
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// Adds what the device measured to the holder's contract; ignored if `token` is not the holder's.
  void on_used(agent_id holder, fencing_token token, const share_use& more);

  /// Errors: not_found (neither holds nor waits here).
  [[nodiscard]] result<share_explanation> explain(agent_id holder, time_point now) const;

  /// Returns whether anybody holds a share or waits for one.
  [[nodiscard]] bool is_wanted() const noexcept;

  /// Returns what the holder has under this token; null if it has nothing. Valid until the next decision.
  [[nodiscard]] const share_grant* grant_of(agent_id holder, fencing_token token) const;

  /// Returns the contracts in force, oldest lease first. Parked ones have no units.
  [[nodiscard]] std::vector<share_contract> contracts() const;

  /// Returns what those that hold or wait asked for: oldest lease first, then the queue in its order.
  [[nodiscard]] std::vector<share_request> requests() const;

  /// Returns what observers see: at most `most` contracts, and of those that wait the first 16.
  [[nodiscard]] sharing_view view(time_point now, std::size_t most) const;

  /// Checks that what is granted exists and that no more was used than the time allows. Returns what is wrong, in
  /// words; empty if nothing.
  [[nodiscard]] std::string conservation(time_point now) const;

  /// Returns one that goes on by itself from where this one stands: what would follow can be tried out on it.
  [[nodiscard]] arbiter clone() const;

  /// Adds what its next decisions depend on, except its configuration.
  void add_to(fingerprint& out) const;

 private:
  explicit arbiter(std::unique_ptr<class arbiter_core> core) noexcept;
  std::unique_ptr<class arbiter_core> core_;
};

}  // namespace dunlin
