// SPDX-License-Identifier: Apache-2.0
// An agent's side of a negotiation over a device: asks the agent's bidder what to say, and says it to the coordinator.
#pragma once

#include <memory>
#include <optional>

#include "actors/node/node_context.hpp"
#include "coordination/sharing/collaborative/measured_bidder.hpp"

namespace dunlin {

/// What an agent has done of its work, and what is left.
struct work_seen {
  std::uint64_t steps_ended = 0;
  std::optional<std::uint64_t> steps_left;  ///< none = the handler has not said
  std::optional<time_point> deadline;
};

/// Thread: the agent's actor.
class agent_bargainer {
 public:
  agent_bargainer(node_context_pointer node, const agent_kind& kind) : node_(std::move(node)), kind_(kind) {}

  /// Answers the coordinator.
  void hear(const bargain_request& request, const work_seen& work);

 private:
  bidder& bidder_of(const bargain_request& request);
  void measure(const work_seen& work, time_point now);

  node_context_pointer node_;
  const agent_kind& kind_;
  share_wish wish_;
  std::unique_ptr<bidder> own_;  ///< of the agent's kind; null = `measured_` speaks
  std::optional<measured_bidder> measured_;
  std::uint64_t steps_ = 0;  ///< ended when it was measured last
  time_point measured_at_{};
  std::uint32_t share_milli_ = 0;  ///< that was offered last
};

}  // namespace dunlin
