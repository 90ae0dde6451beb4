// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "coordination/observe/views.hpp"
#include "coordination/result.hpp"
#include "coordination/sharing/share_contract.hpp"

namespace dunlin {

/// Asks for a share of the device. An agent has at most one request or lease on a device.
struct share_request {
  request_id request;  ///< the caller's own number, comes back in a refusal and in the grant
  agent_id holder;
  share_wish wish;
  std::uint8_t priority = 5;  ///< 1-10
  bool preemptible = true;    ///< may be recalled for a higher priority
  duration patience{0};       ///< refuse with `timeout` after this; 0 = the pattern's own
};

/// The holder has the share from now on.
struct share_granted {
  request_id request;
  share_contract contract;
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

using sharing_effect = std::variant<share_granted, share_recalled, share_revoked, share_refused>;

/// In the order in which they are to be performed; appended to, never cleared by the decision object.
using sharing_effects = std::vector<sharing_effect>;

/// Where an agent stands at a device, in words.
struct share_explanation {
  std::string summary;              ///< one sentence
  std::string change;               ///< what would change it; empty if nothing
  std::vector<agent_id> waits_for;  ///< the holder and those ahead in the queue, next first
};

/// One way to share one device. Decides who holds what; the shell performs the effects and calls `tick` at or before
/// `next_deadline`. Thread: the owner's.
class DUNLIN_EXPORT sharing {
 public:
  virtual ~sharing() = default;
  [[nodiscard]] virtual sharing_pattern pattern() const noexcept = 0;

  /// Grants, queues or refuses; exactly one grant or refusal follows from each request that is accepted, unless the
  /// holder gives up by `release` or is lost. Errors: invalid_argument, infeasible, conflict (has a request or lease
  /// here already), overloaded (queue full).
  virtual result<void> request(const share_request& wish, time_point now, sharing_effects& out) = 0;

  /// Prolongs a lease; returns its new deadline. Errors: fenced_off (a newer token exists), lease_expired, not_holder,
  /// conflict (recalled, or held too long while others wait).
  virtual result<time_point> renew(agent_id holder, fencing_token token, time_point now) = 0;

  /// Gives a lease back, or a waiting request up (token 0). Errors: fenced_off, not_holder.
  virtual result<void> release(agent_id holder, fencing_token token, time_point now, sharing_effects& out) = 0;

  /// The agent is gone: ends its lease and its request at once.
  virtual void holder_lost(agent_id holder, time_point now, sharing_effects& out) = 0;

  /// Takes the lease away: with grace if `grace` > 0, else at once. Errors: not_holder.
  virtual result<void> revoke(agent_id holder, duration grace, const std::string& why, time_point now,
                              sharing_effects& out) = 0;

  /// Does whatever is due at `now`.
  virtual void tick(time_point now, sharing_effects& out) = 0;

  /// Returns when `tick` has something to do next; none = never, as things stand.
  [[nodiscard]] virtual std::optional<time_point> next_deadline() const = 0;

  /// Adds what the device measured to the holder's contract; ignored if `token` is not the holder's.
  virtual void on_used(agent_id holder, fencing_token token, const share_use& more) = 0;

  /// Errors: not_found (neither holds nor waits here).
  [[nodiscard]] virtual result<share_explanation> explain(agent_id holder, time_point now) const = 0;

  /// Returns the contracts in force.
  [[nodiscard]] virtual std::vector<share_contract> contracts() const = 0;

  /// Returns holders, then the queue in its order.
  [[nodiscard]] virtual std::vector<lease_view> leases(time_point now) const = 0;
};

}  // namespace dunlin
