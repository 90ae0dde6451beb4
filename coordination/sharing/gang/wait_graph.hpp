// SPDX-License-Identifier: Apache-2.0
// Who waits for whom, across devices and locks, and what they lend each other: an agent goes by the highest priority of
// its own and of all that wait for something it holds, directly or through others. So a holder of low priority that
// itself waits does not keep an urgent one back behind everybody in between (Lampson and Redell, "Experience with
// processes and monitors in Mesa", CACM 1980; Sha, Rajkumar and Lehoczky, "Priority inheritance protocols", IEEE
// Transactions on Computers 1990).
//
// A request that would close a circle is refused by name: nested requests out of order would wait for ever.
//
// Invariants: there is no circle; an agent's priority is the highest of its own and of those that wait for it, and
// every change of it was said; at most `most_agents` stand here, at most `longest_chain` wait for each other in a row.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "coordination/export.hpp"
#include "coordination/result.hpp"
#include "coordination/sharing/gang/wait_target.hpp"

namespace dunlin {

/// The agent goes by this priority from now on, where it holds or waits; 0 = by its own again.
struct priority_lent {
  agent_id agent;
  wait_target at;
  std::uint8_t priority = 0;
  friend bool operator==(const priority_lent&, const priority_lent&) = default;
};

/// In the order of agents as the loans go through them.
using wait_effects = std::vector<priority_lent>;

struct wait_limits {
  std::size_t most_agents = 10'000;
  std::size_t longest_chain = 32;
};

/// O(agents that are reached × what they hold and wait for) per call. Thread: the owner's.
class DUNLIN_EXPORT wait_graph {
 public:
  explicit wait_graph(const wait_limits& limits = {}) noexcept : limits_(limits) {}

  /// The agent waits for something; `priority` (1-10) is its own. Errors: invalid_argument, conflict (it would wait for
  /// itself: says who waits for whom; or it waits for this already), overloaded (too many agents, or too long a chain).
  /// Then nothing has changed.
  result<void> on_waits(agent_id agent, std::uint8_t priority, const wait_target& what, wait_effects& out);

  /// The agent holds something from now on, whether or not it waited for it; beside others where shares are held.
  /// Errors: invalid_argument, conflict (a circle), overloaded; nothing has changed, and the caller gives it back.
  result<void> on_holds(agent_id agent, std::uint8_t priority, const wait_target& what, wait_effects& out);

  /// The agent gives it back, or gives up waiting for it.
  void on_released(agent_id agent, const wait_target& what, wait_effects& out);

  /// The agent is gone, with all that it holds and waits for.
  void on_gone(agent_id agent, wait_effects& out);

  /// Returns what the agent goes by; 0 for one that neither holds nor waits.
  [[nodiscard]] std::uint8_t priority_of(agent_id agent) const noexcept;

  /// Returns those that keep the agent waiting, directly: by rising id.
  [[nodiscard]] std::set<agent_id> waits_for(agent_id agent) const;
  [[nodiscard]] std::size_t size() const noexcept { return agents_.size(); }

 private:
  friend class wait_search;

  struct one_agent {
    std::uint8_t own = 0;
    std::uint8_t lent = 0;      ///< more than its own; 0 = nothing
    std::uint8_t priority = 0;  ///< what it goes by
    std::set<wait_target> holds;
    std::set<wait_target> waits;
  };

  struct one_target {
    std::set<agent_id> holders;
    std::set<agent_id> waiters;
  };

  result<void> admit(agent_id agent, std::uint8_t priority);
  one_agent& enter(agent_id agent, std::uint8_t priority);
  void arrive(agent_id agent, const wait_target& what, const std::set<agent_id>& changed, wait_effects& out);
  void leave(agent_id agent, const wait_target& what, std::set<agent_id>& changed);
  void forget_if_idle(agent_id agent);
  void settle(const std::set<agent_id>& changed, wait_effects& out);
  static void say(agent_id agent, const one_agent& one, wait_effects& out);
  [[nodiscard]] std::uint8_t highest_behind(const one_agent& one) const;

  wait_limits limits_;
  std::map<agent_id, one_agent> agents_;
  std::map<wait_target, one_target> targets_;
};

}  // namespace dunlin
