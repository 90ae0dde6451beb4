// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/agent.hpp"

namespace dunlin {

/// The `dunlin` program with kinds of the user's own: a whole `main`. Every process of a swarm that this program
/// starts knows `kinds` too, since it is the same program. Returns the exit code: 0 ok, 1 failed, 2 usage or
/// infeasible, 3 unreachable, 4 timeout.
DUNLIN_EXPORT int run_swarm_program(int argc, char** argv, std::vector<agent_kind> kinds = {});

}  // namespace dunlin
