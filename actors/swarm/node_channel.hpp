// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "actors/node/channels.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// The leader's ways to its nodes, the one in its own process included. What cannot be said now is lost: the node's
/// next report sets it right. Thread: any.
class DUNLIN_EXPORT node_channel {
 public:
  virtual ~node_channel() = default;

  /// Says something to this life of a node.
  virtual void tell(incarnation node, node_message&& message) = 0;

  /// Says it to every node.
  virtual void tell_all(const peer_lost& news) = 0;

  /// Ends the connection to a node and tells it why.
  virtual void cut(incarnation node, const error& why) = 0;
};

}  // namespace dunlin
