// SPDX-License-Identifier: Apache-2.0
// One per device: hosts the sharing object in force, and closes the device to those whose lease was taken back.
#pragma once

#include "actors/node/node_context.hpp"

namespace dunlin {

/// Starts the coordinator of `node->devices[device]`.
DUNLIN_EXPORT coordinator_handle spawn_coordinator(caf::actor_system& system, node_context_pointer node,
                                                   std::size_t device);

}  // namespace dunlin
