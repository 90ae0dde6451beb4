// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/agent.hpp"
#include "actors/node/node_context.hpp"

namespace dunlin {

/// Starts the actor of one agent. It takes tasks once it is enrolled. `kind` must outlive it.
agent_handle spawn_agent_actor(caf::actor_system& system, const node_context_pointer& node, const agent_kind& kind);

}  // namespace dunlin
