// SPDX-License-Identifier: Apache-2.0
// The pulse of a node: while it has a leader it asks its parts how they are and tells the leader. A dispatcher that no
// longer answers makes the node silent, and silence is what the leader acts on.
#pragma once

#include "actors/node/node_context.hpp"

namespace dunlin {

node_handle spawn_node_actor(caf::actor_system& system, node_context_pointer node);

}  // namespace dunlin
