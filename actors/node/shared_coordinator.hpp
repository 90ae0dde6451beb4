// SPDX-License-Identifier: Apache-2.0
// The coordinator of a device that other nodes work on as well: what they and this one have of it is decided by its
// home, which is in one of them. It keeps its agents to what the home has said, through the device's gate.
#pragma once

#include "actors/node/node_context.hpp"

namespace dunlin {

/// Starts the coordinator of `node->devices[device]`, which has a gate.
DUNLIN_EXPORT shared_coordinator_handle spawn_shared_coordinator(caf::actor_system& system, node_context_pointer node,
                                                                 std::size_t device);

}  // namespace dunlin
