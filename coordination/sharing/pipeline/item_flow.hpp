// SPDX-License-Identifier: Apache-2.0
// Which agent of a pipeline may take which item now. It counts items and never sees one.
//
// Agents of the first stage ask for room and offer an item with each grant; those of the other stages ask for the next
// item, and finish it well or not. Every stage takes items in the order in which they were offered and hands them on in
// that order, whatever the order in which its agents finish. A failed item goes on as a mark that no agent takes, up to
// the last stages, which are told; where branches join, one branch that failed is enough. An agent that leaves fails
// the item that it has. A stage without agents holds everything up: so does a slow one, back to the first.
//
// A stream ends when the first stage's last agent leaves. Whoever asks gets the end once its stage has taken all that
// was offered. The end is there once for each of the agents that may serve a stage, also for one that comes late;
// whoever comes after those waits for the next stream, which the next agent of the first stage opens.
//
// Invariants: before a stage wait at most `ring` items from each stage before it, beside one for each agent that might
// be at work there; so at most all rings and all agents together hold items. Each stage takes each item once, in order.
// The oldest item can always go on.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "coordination/sharing/pipeline/stage_graph.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// Leave for one agent that asked.
struct flow_grant {
  enum class kind_type : std::uint8_t {
    room,         ///< an agent of the first stage has offered `item`
    item,         ///< the agent has `item` until it finishes it
    failed_item,  ///< the same, at a last stage: the item failed before
    end           ///< of the stream
  };
  agent_id agent;
  kind_type kind = kind_type::end;
  std::size_t stage = 0;
  std::uint64_t item = 0;  ///< counts from 0 and goes on from stream to stream
  friend bool operator==(const flow_grant&, const flow_grant&) = default;
};

/// Thread: the owner's.
class DUNLIN_EXPORT item_flow {
 public:
  explicit item_flow(stage_graph graph);

  [[nodiscard]] const stage_graph& graph() const noexcept { return graph_; }

  /// Errors: conflict (serves a stage already), overloaded (as many as may serve the stage).
  result<void> join(agent_id agent, std::size_t stage);
  void leave(agent_id agent);

  /// The agent wants its next item, or room for one at the first stage. It has joined, has no item and does not ask
  /// already.
  void ask(agent_id agent);

  /// The agent's item is done here. Returns false if it has none.
  bool finish(agent_id agent, bool well);

  /// Moves what may go on now to `out`, in the order in which it happens.
  void take_grants(std::vector<flow_grant>& out);

  /// Returns the stage that the agent serves; none if it has not joined.
  [[nodiscard]] std::optional<std::size_t> stage_of(agent_id agent) const;
  [[nodiscard]] std::optional<std::uint64_t> item_of(agent_id agent) const;
  [[nodiscard]] bool empty() const noexcept { return agents_.empty(); }

  /// Returns how many items were offered so far.
  [[nodiscard]] std::uint64_t offered() const { return stages_[graph_.first()].taken; }

  /// Returns how many items were offered and are not finished by some last stage.
  [[nodiscard]] std::uint64_t in_flight() const;

  /// Returns the oldest item of which a stage's output is still needed by some stage after it.
  [[nodiscard]] std::uint64_t needed_from(std::size_t stage) const;

  /// Returns the oldest item that some last stage has not finished.
  [[nodiscard]] std::uint64_t settled() const;

 private:
  struct member {
    std::size_t stage = 0;
    std::uint64_t stream = 0;  ///< the first whose end it is to see
    std::uint64_t ended = 0;   ///< the newest whose end it saw
    std::optional<std::uint64_t> item;
  };
  struct stage_state {
    std::uint64_t taken = 0;             ///< items 0 to `taken - 1` were taken
    std::uint64_t passed = 0;            ///< items 0 to `passed - 1` were handed on
    std::map<std::uint64_t, bool> done;  ///< finished, well or not, before an older one
    std::set<std::uint64_t> failed;      ///< handed on as failed, and not taken by all stages after it
    std::deque<agent_id> asking;
    std::uint32_t agents = 0;
    std::uint32_t ends = 0;  ///< of its agents, how many saw the end of the newest stream
  };

  bool advance(std::size_t stage, std::vector<flow_grant>& out);
  bool offer(std::size_t stage, std::vector<flow_grant>& out);
  bool take(std::size_t stage, std::vector<flow_grant>& out);
  bool end_one(std::size_t stage, std::vector<flow_grant>& out);
  void pass(std::size_t stage, std::uint64_t item, bool well);
  void forget_failed(std::size_t stage);
  [[nodiscard]] bool is_available(std::size_t stage) const;
  [[nodiscard]] bool has_failed(std::size_t stage, std::uint64_t item) const;
  [[nodiscard]] bool has_room(std::size_t stage) const;
  [[nodiscard]] bool is_over(std::size_t stage) const;
  [[nodiscard]] bool all_saw_end(std::size_t stage) const;

  stage_graph graph_;
  std::vector<stage_state> stages_;
  std::unordered_map<agent_id, member> agents_;
  std::uint64_t stream_ = 0;  ///< the newest one that was opened
};

}  // namespace dunlin
