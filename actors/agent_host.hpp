// SPDX-License-Identifier: Apache-2.0
// The child's side of isolation `process`: the same agent class, alone in a process of its own.
#pragma once

#include <string_view>
#include <vector>

#include "actors/agent.hpp"

namespace dunlin {

/// Serves the orders that arrive on descriptor 3 with an agent of `kind` until the node closes the channel. Returns
/// the exit code for `main`.
DUNLIN_EXPORT int serve_agent_kind(const std::vector<agent_kind>& kinds, std::string_view kind);

}  // namespace dunlin
