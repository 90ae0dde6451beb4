// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "actors/node/node_messages.hpp"

namespace dunlin {

/// Which agents the dispatcher knows, which crew each is of, and how many there are of each class. Thread: the
/// dispatcher's.
class agent_roster {
 public:
  /// Adds agents of one crew and class; `its_class.instances` is not looked at.
  void add(const crew_handle& crew, const agent_class& its_class, const std::vector<agent_id>& ids);

  /// Returns the agents of a crew that were not removed yet, and forgets which they are.
  std::vector<agent_id> take_crew(const crew_handle& crew);

  /// The agent is gone; its class stays, for agents are replaced.
  void remove(agent_id id);

  /// Takes the agent out of its crew. Returns true if the crew has others.
  bool part(agent_id id);

  /// Returns null if the agent is gone, even if another one has its slot by now.
  [[nodiscard]] const crew_handle& crew_of(agent_id id) const;

  /// Returns every class with the number of its agents, also those that have none just now.
  [[nodiscard]] const std::vector<agent_class>& classes() const noexcept { return classes_; }

 private:
  struct entry {
    agent_id id;
    crew_handle crew;  ///< null = it is gone
    std::size_t its_class = 0;
  };

  std::size_t intern(const agent_class& its_class);

  std::vector<entry> agents_;  ///< by worker slot
  std::unordered_map<caf::actor_id, std::vector<agent_id>> crews_;
  std::vector<agent_class> classes_;
};

}  // namespace dunlin
