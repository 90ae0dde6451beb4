// SPDX-License-Identifier: Apache-2.0
// Private to the wait graph: what one more edge would lead to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "coordination/sharing/gang/wait_graph.hpp"

namespace dunlin {

class wait_search {
 public:
  explicit wait_search(const wait_graph& graph) noexcept : graph_(graph) {}

  /// Returns how the agent would come to wait for itself if it waited for `what`, in words; empty if it would not.
  [[nodiscard]] std::string circle_by_waiting(agent_id agent, const wait_target& what);

  /// The same if it held `what`.
  [[nodiscard]] std::string circle_by_holding(agent_id agent, const wait_target& what);

  /// Returns how many agents would stand in the longest chain through the agent if it waited for `what`.
  [[nodiscard]] std::size_t chain_by_waiting(agent_id agent, const wait_target& what);

  /// The same if it held `what`.
  [[nodiscard]] std::size_t chain_by_holding(agent_id agent, const wait_target& what);

 private:
  struct link {
    agent_id waiting;
    wait_target what;
    agent_id holder;
  };

  [[nodiscard]] bool find_way(agent_id from, agent_id to);
  [[nodiscard]] std::string in_words() const;
  [[nodiscard]] std::size_t chain_down(agent_id from);
  [[nodiscard]] std::size_t chain_up(agent_id from);

  const wait_graph& graph_;
  std::vector<link> way_;
  std::set<agent_id> seen_;
  std::map<agent_id, std::size_t> down_;
  std::map<agent_id, std::size_t> up_;
};

}  // namespace dunlin
