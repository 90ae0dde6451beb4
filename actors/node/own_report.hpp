// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/node/agent_roster.hpp"
#include "actors/node/node_context.hpp"
#include "coordination/orchestration/node_dispatch.hpp"

namespace dunlin {

/// Returns what the node tells its leader of itself, as it is now.
node_report own_report(const node_context& node, const agent_roster& agents, const node_dispatch& decisions);

}  // namespace dunlin
