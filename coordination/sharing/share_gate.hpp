// SPDX-License-Identifier: Apache-2.0
// Where a device keeps its holders to their contracts: a port that devices implement.
#pragma once

#include <functional>
#include <memory>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/turn_ring.hpp"

namespace dunlin {

/// One holder at work, from its first step to its last. Thread: the one that runs its steps, which destroys it.
class DUNLIN_EXPORT share_session {
 public:
  /// Ends the step that runs.
  virtual ~share_session() = default;

  /// Ends a step and waits until the next may begin: here a turn is handed on and a new contract comes into force.
  /// Errors: cancelled, lease_expired (the lease has ended).
  virtual result<void> next_step() = 0;

  /// The contract under which the step runs.
  [[nodiscard]] virtual const share_contract& contract() const = 0;

  /// What the steps that have ended used.
  [[nodiscard]] virtual share_use used() const = 0;
};

/// Thread: any.
class DUNLIN_EXPORT share_gate {
 public:
  virtual ~share_gate() = default;

  /// Turns are taken so from now on.
  virtual void set_terms(const turn_terms& terms) = 0;

  /// Puts what the arbiter decided into force, all at once: each holder goes by it from its next step on.
  virtual void apply(const sharing_effects& decided) = 0;

  /// The holder has given its share back, or was given up with the step that it runs.
  virtual void remove(agent_id holder) = 0;

  /// Waits on this thread until the holder's first step may begin. `stopped` is asked again after each `wake`.
  /// Errors: fenced_off (another lease is in force), not_holder, cancelled, lease_expired, conflict (it is at work).
  virtual result<std::unique_ptr<share_session>> enter(agent_id holder, lease_id lease,
                                                       std::function<bool()> stopped) = 0;
  virtual void wake(agent_id holder) = 0;

  /// Returns what the holder used since the last call.
  virtual share_use take_use(agent_id holder) = 0;
};

}  // namespace dunlin
