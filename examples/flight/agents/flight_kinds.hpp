// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/agent.hpp"

namespace dunlin::flight {

/// Returns the four kinds of the flight.
std::vector<agent_kind> flight_kinds();

}  // namespace dunlin::flight
