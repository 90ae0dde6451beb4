// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/flight_kinds.hpp"

#include "examples/flight/agents/digits_agent.hpp"
#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/agents/maze_agent.hpp"
#include "examples/flight/agents/quantum_agent.hpp"
#include "examples/flight/agents/retrieval_agent.hpp"

namespace dunlin::flight {

std::vector<agent_kind> flight_kinds() {
  return {
      kind_of<digits_agent>(digits_kind),
      kind_of<quantum_agent>(quantum_kind),
      kind_of<maze_agent>(maze_kind),
      kind_of<retrieval_agent>(retrieval_kind),
  };
}

}  // namespace dunlin::flight
