// SPDX-License-Identifier: Apache-2.0
// Starts a node's agents and, one for one, starts another in the place of one that ended; when one place loses its
// agents too often, the node is told to give up.
#pragma once

#include "actors/node/node_context.hpp"

namespace dunlin {

supervisor_handle spawn_supervisor(caf::actor_system& system, node_context_pointer node);

}  // namespace dunlin
