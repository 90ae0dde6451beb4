// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/nodes.hpp"

#include "examples/flight/agents/jobs.hpp"

namespace dunlin::flight {

const std::vector<flight_node>& flight_nodes() {
  // Nine tenths of the work are digits: two nodes train them, so that two cores have something to do to the end.
  static const std::vector<flight_node> nodes{
      {"knot", {digits_kind, maze_kind}, {"blas", "graph"}},
      {"plover", {digits_kind, quantum_kind}, {"blas", "simd"}},
      {"turnstone", {maze_kind, quantum_kind, retrieval_kind}, {"graph", "simd", "text"}},
  };
  return nodes;
}

}  // namespace dunlin::flight
