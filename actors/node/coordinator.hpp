// SPDX-License-Identifier: Apache-2.0
// One per device: hosts the sharing object in force, and closes the device to those whose lease was taken back.
#pragma once

#include "actors/node/node_context.hpp"

namespace dunlin {

/// Of a node, in a heartbeat, so that it stays far below the size of a frame.
inline constexpr std::size_t most_contracts_told = 48;

/// No lease and no wait ends by itself: tasks have timeouts of their own.
inline constexpr duration longest_task = std::chrono::hours{24 * 365};

/// Starts the coordinator of `node->devices[device]`.
DUNLIN_EXPORT coordinator_handle spawn_coordinator(caf::actor_system& system, node_context_pointer node,
                                                   std::size_t device);

}  // namespace dunlin
