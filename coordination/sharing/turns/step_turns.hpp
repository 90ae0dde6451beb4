// SPDX-License-Identifier: Apache-2.0
// Which holders' next steps run now on one device, under the contracts in force. The device brings the lock and the
// threads; a simulated one brings neither.
//
// A step runs alone on the units of its lane, and holders of one lane take turns. In a pooled lane a step takes one
// unit, so that as many run at once as there are units. When contracts change, a step that runs keeps its units to its
// end and everything that overlaps them waits: so a change is complete after the longest step, and no unit ever runs
// two.
//
// Invariants: no unit has two steps at once; a step of an older token, of a parked holder or of nobody never begins; of
// the holders of a lane that always have steps each gets busy time in proportion to its quantum.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/sharing/contract/share_contract.hpp"
#include "coordination/sharing/patterns/fair_pool.hpp"
#include "coordination/sharing/turns/lane_permits.hpp"
#include "coordination/sharing/turns/turn_ring.hpp"

namespace dunlin {

/// Thread: the owner's.
class DUNLIN_EXPORT step_turns {
 public:
  step_turns(std::uint32_t units, const turn_terms& terms);

  /// Turns are taken so from now on.
  void set_terms(const turn_terms& terms);

  /// Other processes work on the device too: from now on a step begins only under a permit of its lane.
  void need_permits() { permits_.emplace(); }

  /// None where the device is this process's alone.
  [[nodiscard]] std::optional<lane_permits>& permits() noexcept { return permits_; }

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

  /// Moves those whose steps begin now to `out`. `now` counts where permits are needed.
  void take_begun(std::vector<agent_id>& out, time_point now = {});

  [[nodiscard]] bool runs(agent_id holder) const { return running_.contains(holder); }

  /// True if the holder has a step that has not begun.
  [[nodiscard]] bool waits(agent_id holder) const {
    const auto found = holders_.find(holder);
    return found != holders_.end() && found->second.waits;
  }

  /// Returns the units that the holder's step has while it runs; empty = all.
  [[nodiscard]] const std::vector<std::uint32_t>& units_of(agent_id holder) const { return running_.at(holder).units; }

  /// Adds what its next decisions depend on.
  void add_to(fingerprint& out) const;

 private:
  struct holding {
    fencing_token token = 0;
    std::uint32_t lane = 0;
    std::vector<std::uint32_t> units;
    duration quantum{0};
    bool interactive = false;
    bool pooled = false;
    bool parked = false;
    bool waits = false;                      ///< has a step that has not begun
    std::optional<std::uint32_t> last_unit;  ///< what its thread used is still at hand there
  };

  struct lane {
    std::variant<turn_ring, fair_pool> turns;
    std::vector<std::uint32_t> units;  ///< empty = all
  };

  struct running_step {
    std::vector<std::uint32_t> units;  ///< that it has
    fencing_token permit = 0;          ///< under which it began; 0 = needs none
  };

  /// While contracts change, lanes of both kinds may have one number.
  using lane_number = std::pair<std::uint32_t, bool>;
  static lane_number key_of(const holding& one) noexcept { return {one.lane, one.pooled}; }

  void enter_lane(agent_id holder, const holding& one);
  void leave_lane(agent_id holder, const holding& one);
  void set_ready(agent_id holder, const holding& one, bool ready);
  void fill(const lane_number& number, lane& from, time_point now, std::vector<agent_id>& out);
  [[nodiscard]] std::optional<fencing_token> permit_for(const lane_key& lane, time_point now);
  void begin(agent_id holder, std::vector<std::uint32_t> units, fencing_token permit, std::vector<agent_id>& out);
  [[nodiscard]] std::vector<std::uint32_t> unit_for(agent_id next, const std::vector<std::uint32_t>& units);
  [[nodiscard]] bool wants(const lane_key& lane) const;
  [[nodiscard]] std::optional<std::uint32_t> free_one(const std::vector<std::uint32_t>& units) const;
  [[nodiscard]] bool is_free(const std::vector<std::uint32_t>& units) const;
  void take(const std::vector<std::uint32_t>& units, bool taken);

  turn_terms terms_;
  std::vector<bool> taken_;  ///< by unit
  std::uint32_t taken_count_ = 0;
  std::unordered_map<agent_id, holding> holders_;
  std::map<lane_number, lane> lanes_;
  std::unordered_map<agent_id, running_step> running_;
  std::optional<lane_permits> permits_;  ///< none = this process alone works on the device
};

}  // namespace dunlin
