// SPDX-License-Identifier: Apache-2.0
// Carries messages between agents, wherever they live, and ends every wait: with the answer, when the other node is
// lost, or when the patience is over.
#pragma once

#include "actors/node/node_context.hpp"

namespace dunlin {

router_handle spawn_router(caf::actor_system& system, node_context_pointer node);

}  // namespace dunlin
