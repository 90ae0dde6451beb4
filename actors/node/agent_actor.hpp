// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/agent.hpp"
#include "actors/node/node_context.hpp"

namespace dunlin {

/// Starts an actor with `count` agents, which take tasks once they are enrolled. One actor serves in turn, so only
/// agents whose handlers return at once (`isolation_mode::async`) may have company; what flows to and from a crew flows
/// in batches. `kind` must outlive it.
crew_handle spawn_crew(caf::actor_system& system, const node_context_pointer& node, const agent_kind& kind,
                       std::uint32_t count);

}  // namespace dunlin
