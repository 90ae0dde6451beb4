// SPDX-License-Identifier: Apache-2.0
// Items on their way between the stages of one pipeline. Which may go where is decided by `item_flow`; here they are
// kept, by reference, until the last stage that needs them has taken them. Plain data: whoever uses it brings the lock.
#pragma once

#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coordination/sharing/pipeline/item_flow.hpp"
#include "coordination/sharing/pipeline/stage_costs.hpp"
#include "coordination/sharing/pipeline/stage_item.hpp"

namespace dunlin {

class DUNLIN_EXPORT item_store {
 public:
  explicit item_store(stage_graph graph)
      : flow_(std::move(graph)), costs_(flow_.graph().size()), outputs_(flow_.graph().size()) {}

  /// What one agent has waited for.
  struct answer {
    agent_id agent;
    std::optional<stage_item> item;  ///< none at the end of the stream, and for an agent whose item was taken
  };

  /// Errors: not_found (no such stage), conflict, overloaded.
  result<void> join(agent_id agent, std::string_view stage);

  /// The item that the agent has fails for this reason.
  void leave(agent_id agent, const error& why);

  /// The agent waits for its next item. One that it has still is done at a last stage, and fails elsewhere.
  /// Errors: conflict (serves no stage, or the first one).
  result<void> take(agent_id agent);

  /// The agent of the first stage waits for room for this.
  void offer(agent_id agent, shared_bytes output);

  /// The agent's item goes on. Errors: conflict (has no item).
  result<void> finish(agent_id agent, result<shared_bytes> output);

  /// Returns what a step of the agent counts in a pool's turns. `ends_item`: it was the item's last.
  duration count(agent_id agent, duration busy, bool ends_item) { return costs_.count(agent, busy, ends_item); }

  /// Returns true if the agent serves the first stage.
  [[nodiscard]] bool offers(agent_id agent) const { return flow_.stage_of(agent) == flow_.graph().first(); }

  /// Moves what agents have waited for to `out`.
  void take_answers(std::vector<answer>& out);

  [[nodiscard]] const item_flow& flow() const noexcept { return flow_; }

  /// Returns how many outputs and failures are kept.
  [[nodiscard]] std::size_t kept() const noexcept;

 private:
  [[nodiscard]] stage_item collect(const flow_grant& grant) const;
  void forget();

  item_flow flow_;
  stage_costs costs_;
  std::vector<std::map<std::uint64_t, shared_bytes>> outputs_;  ///< by stage and item
  std::map<std::uint64_t, error> failures_;                     ///< by item: the first one
  std::unordered_map<agent_id, shared_bytes> offered_;          ///< in the hands of those that wait for room
  std::vector<flow_grant> grants_;                              ///< reused
};

}  // namespace dunlin
