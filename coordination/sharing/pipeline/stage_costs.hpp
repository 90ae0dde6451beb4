// SPDX-License-Identifier: Apache-2.0
// How busy time counts in the turns of agents that serve stages. Stages can only go on together, so what is fair
// between them is as many items, not as much time: were time counted, the costliest stage would be kept back by the
// others until those had nothing left to do. Each step counts as if every agent had an equal part in the cost of an
// item; what all count together is what all have used.
#pragma once

#include <unordered_map>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// Thread: the owner's.
class DUNLIN_EXPORT stage_costs {
 public:
  explicit stage_costs(std::size_t stages) : stages_(stages) {}

  void join(agent_id agent, std::size_t stage);
  void leave(agent_id agent);

  /// The agent begins an item; what it did before belongs to none.
  void begin_item(agent_id agent);

  /// Returns what a step of the agent counts in its turns. `ends_item`: it was the item's last.
  duration count(agent_id agent, duration busy, bool ends_item);

 private:
  struct member {
    std::size_t stage = 0;
    duration of_item{0};  ///< so far
    bool at_work = false;
  };
  struct stage_cost {
    double per_item = 0;  ///< in ns, newer items count more; 0 = not known yet
    double agents = 0;
  };
  [[nodiscard]] double worth(const stage_cost& own) const;

  std::vector<stage_cost> stages_;
  std::unordered_map<agent_id, member> agents_;
};

}  // namespace dunlin
