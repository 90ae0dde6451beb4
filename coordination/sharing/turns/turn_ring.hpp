// SPDX-License-Identifier: Apache-2.0
// Whose turn it is among agents that share something one after the other: deficit round robin over measured busy time.
//
// A turn gives its agent its own quantum of busy time. What it runs over is taken off its next turn, what it leaves
// because it has nothing to run is lost. An interactive agent may go before its turn, but never by more than `burst` of
// busy time ahead of its share: the order changes, the shares do not.
//
// Invariants: of agents that are always ready each gets busy time in proportion to its quantum, off by at most one turn
// and one step; whoever is ready gets a turn after at most one turn and one overrun of every other agent, and a burst
// of every interactive one.
// Source: Shreedhar and Varghese, Efficient fair queueing using deficit round robin, SIGCOMM 1995.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

#include "coordination/sharing/leases/fingerprint.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// When an interactive agent may go before its turn.
struct turn_terms {
  duration burst = 10ms;
  bool preemption_allowed = true;  ///< it may end another's turn at the next step
};

/// Thread: the owner's.
class DUNLIN_EXPORT turn_ring {
 public:
  explicit turn_ring(const turn_terms& terms) : terms_(terms) {}
  turn_ring(const turn_ring& other);
  turn_ring(turn_ring&&) noexcept = default;
  turn_ring& operator=(const turn_ring&) = delete;
  turn_ring& operator=(turn_ring&&) noexcept = default;
  ~turn_ring() = default;

  void set_terms(const turn_terms& terms) noexcept { terms_ = terms; }

  /// Adds an agent that has nothing to run yet. `quantum` is more than 0.
  void add(agent_id agent, duration quantum, bool interactive);

  /// Changes the quantum of an agent; what it owes stays.
  void set_quantum(agent_id agent, duration quantum);
  void remove(agent_id agent);

  /// Says whether the agent has something to run.
  void set_ready(agent_id agent, bool ready);

  /// Counts what a step of the agent took, whether it was still its turn or not.
  void charge(agent_id agent, duration busy);

  /// Ends the turn if it is over and gives the next one. Returns whose turn it is now; none if nobody is ready.
  std::optional<agent_id> advance();

  [[nodiscard]] std::optional<agent_id> current() const noexcept { return current_; }

  /// Returns how much busy time the agent may still use before its turn ends; negative if it ran over.
  [[nodiscard]] duration left(agent_id agent) const { return members_.at(agent).deficit; }
  [[nodiscard]] bool contains(agent_id agent) const { return members_.contains(agent); }
  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] bool anybody_ready() const noexcept { return !ring_.empty(); }

  /// Adds what its next decisions depend on.
  void add_to(fingerprint& out) const;

 private:
  struct member {
    duration quantum{1};
    bool interactive = false;
    bool ready = false;
    duration deficit{0};
    std::int64_t idle_since = 0;  ///< on the line of `rounds_`
    std::list<agent_id>::iterator place;
  };

  void settle(member& one) const;
  [[nodiscard]] bool is_over(const member& one) const noexcept;
  [[nodiscard]] std::optional<agent_id> urgent() const;
  void end_turn();
  agent_id next_in_ring();
  void pay_debts();

  turn_terms terms_;
  std::unordered_map<agent_id, member> members_;
  std::list<agent_id> ring_;    ///< who is ready; the next turn is the front's
  std::list<agent_id> urgent_;  ///< of those, who is interactive
  std::optional<agent_id> current_;
  bool out_of_turn_ = false;  ///< the current one went before its turn
  /// Turns that everyone who was ready has had, in billionths: whole numbers, so that a debt is paid off alike however
  /// long the device has been running.
  std::int64_t rounds_ = 0;
  duration ready_quanta_{0};  ///< of all that are ready
};

}  // namespace dunlin
