// SPDX-License-Identifier: Apache-2.0
// Whose step is next among agents that share several equal units, one unit a step: start-time fair queueing over
// measured busy time.
//
// Each agent has a tag that rises with its busy time, by 1 for each quantum. A free unit goes to the ready agent whose
// turn began at the lowest tag; a turn is over when its quantum is used. Whoever comes back after a pause goes on at
// the lowest tag that anybody has: it saves nothing up. An agent cannot use more than one unit at a time: while its
// quantum asks for more, it counts as what one unit of the pool is worth, so that it does not fall behind for good and
// then keeps others away.
//
// Invariants: no ready agent waits while a unit is free; of agents that are always ready each gets busy time in
// proportion to its quantum, up to one unit, off by at most two turns and one step.
// Source: Goyal, Vin and Cheng, Start-time fair queueing, SIGCOMM 1996; weights of several units as in Chandra et al.,
// Surplus fair scheduling, OSDI 2000, section 2.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "coordination/sharing/leases/fingerprint.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// Thread: the owner's.
class DUNLIN_EXPORT fair_pool {
 public:
  explicit fair_pool(std::uint32_t units) : units_(units) {}

  /// Adds an agent that has nothing to run yet. `quantum` is more than 0.
  void add(agent_id agent, duration quantum);

  /// Changes the quantum of an agent; what it owes stays.
  void set_quantum(agent_id agent, duration quantum);
  void remove(agent_id agent);

  /// Says whether the agent has something to run. A step of it that ran has ended.
  void set_ready(agent_id agent, bool ready);

  /// Counts what a step of the agent took.
  void charge(agent_id agent, duration busy);

  /// Returns whose step begins on the next free unit; none if nobody is ready.
  std::optional<agent_id> begin();

  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] bool anybody_ready() const noexcept { return ready_ > 0; }

  /// Adds what its next decisions depend on.
  void add_to(fingerprint& out) const;

 private:
  enum class phase_type : std::uint8_t { idle, ready, running };
  struct member {
    duration quantum{1};
    double tag = 0;           ///< quanta used
    double turn = 0;          ///< the tag at which its turn began
    std::uint64_t order = 0;  ///< of those whose turns began at one tag the longest in line is first
    phase_type phase = phase_type::idle;
  };
  using place = std::tuple<double, std::uint64_t, agent_id>;

  [[nodiscard]] double lowest() const noexcept;
  void line_up(agent_id agent, member& one);
  void leave_line(agent_id agent, const member& one);
  [[nodiscard]] double worth(const member& one);
  [[nodiscard]] double most_worth() const;

  std::uint32_t units_;
  std::unordered_map<agent_id, member> members_;
  std::set<place> line_;            ///< of those that are ready or run
  std::multiset<duration> quanta_;  ///< theirs
  duration sum_{0};                 ///< theirs
  std::optional<double> most_;      ///< see `most_worth`; none = to be found anew
  double passed_ = 0;               ///< the lowest tag that was seen in the line
  std::uint64_t orders_ = 0;
  std::size_t ready_ = 0;
};

}  // namespace dunlin
