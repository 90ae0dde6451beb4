// SPDX-License-Identifier: Apache-2.0
// Which holders' next steps run now on one device, under the contracts in force. The device brings the lock and the
// threads; a simulated one brings neither.
//
// A step runs alone on the units of its lane, and holders of one lane take turns. When contracts change, a step that
// runs keeps its units to its end and everything that overlaps them waits: so a change is complete after the longest
// step, and no unit ever runs two.
//
// Invariants: no unit has two steps at once; a step of an older token, of a parked holder or of nobody never begins; of
// the holders of a lane that always have steps each gets busy time in proportion to its quantum.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/sharing/share_contract.hpp"
#include "coordination/sharing/turn_ring.hpp"

namespace dunlin {

/// Thread: the owner's.
class DUNLIN_EXPORT step_turns {
 public:
  step_turns(std::uint32_t units, const turn_terms& terms);

  /// Turns are taken so from now on.
  void set_terms(const turn_terms& terms);

  /// A contract came into force, or took the place of the holder's older one.
  void put(const share_contract& contract);

  /// The holder's next step waits until `put`.
  void park(agent_id holder);

  /// The lease has ended. A step that runs keeps its units to its end.
  void remove(agent_id holder);

  /// The holder has a step to run; it begins when `take_begun` names it. Errors: fenced_off (another token is in
  /// force), not_holder, conflict (it has one already).
  result<void> arrive(agent_id holder, fencing_token token);

  /// The holder does not want to run any more what it asked for.
  void withdraw(agent_id holder);

  /// The holder's step has ended after `busy`. `more`: it has another one to run.
  void end_step(agent_id holder, duration busy, bool more);

  /// Moves those whose steps begin now to `out`.
  void take_begun(std::vector<agent_id>& out);

  [[nodiscard]] bool runs(agent_id holder) const { return running_.contains(holder); }

  /// Adds what its next decisions depend on.
  void add_to(fingerprint& out) const;

 private:
  struct holding {
    fencing_token token = 0;
    std::uint32_t lane = 0;
    std::vector<std::uint32_t> units;
    duration quantum{0};
    bool interactive = false;
    bool parked = false;
    bool waits = false;  ///< has a step that has not begun
  };

  struct lane {
    turn_ring ring;
    std::vector<std::uint32_t> units;  ///< empty = all
  };

  void enter_lane(agent_id holder, const holding& one);
  void leave_lane(agent_id holder, const holding& one);
  [[nodiscard]] bool is_free(const std::vector<std::uint32_t>& units) const;
  void take(const std::vector<std::uint32_t>& units, bool taken);

  turn_terms terms_;
  std::vector<bool> taken_;  ///< by unit
  std::uint32_t taken_count_ = 0;
  std::unordered_map<agent_id, holding> holders_;
  std::map<std::uint32_t, lane> lanes_;
  std::unordered_map<agent_id, std::vector<std::uint32_t>> running_;  ///< with the units that the step has
};

}  // namespace dunlin
