// SPDX-License-Identifier: Apache-2.0
// What a node needs from the world around it: a way to its leader and to the agents of other nodes.
#pragma once

#include <string>
#include <variant>

#include "coordination/messages.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// What a node says to its leader.
using leader_message = std::variant<node_report, heartbeat, start_batch, outcome_batch, progress_batch,
                                    checkpoint_batch, lease_renewal, return_batch, node_leaving>;

/// What a leader says to a node.
using node_message = std::variant<grant_batch, receipt_batch, lease_renewed, cancel_order, coordinate_order,
                                  drain_order, heartbeat_answer, priority_order>;

/// What agents of different nodes say to each other through their nodes' routers.
using agent_traffic = std::variant<agent_call, agent_answer, agent_request, agent_found>;

/// The way to the leader. What is said while there is none is lost: a node says again what matters when its leader is
/// back. Thread: any.
class DUNLIN_EXPORT leader_channel {
 public:
  virtual ~leader_channel() = default;
  virtual void say(leader_message&& message) = 0;
};

/// The way to other nodes, directly or through the leader. Thread: any.
class DUNLIN_EXPORT peer_channel {
 public:
  virtual ~peer_channel() = default;

  /// Errors: unreachable (no such node now), overloaded, too_large.
  virtual result<void> send(const std::string& node, agent_traffic&& message) = 0;
  virtual result<void> send(const std::string& node, sharing_traffic&& message) = 0;
};

/// What a node tells its owner. Thread: one that runs actors, so be short.
class DUNLIN_EXPORT node_events {
 public:
  virtual ~node_events() = default;

  /// Everything has ended after a drain.
  virtual void on_drained() = 0;

  /// The node cannot go on as it is: too many handlers are stuck, or a part failed too often.
  virtual void on_broken(std::string why) = 0;
};

}  // namespace dunlin
