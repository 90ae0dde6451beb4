// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dunlin::flight {

/// A node of the flight and what its agents can do.
struct flight_node {
  std::string name;
  std::vector<std::string> kinds;
  std::vector<std::string> capabilities;
};

/// Returns the three nodes, each with one worker; the first one leads. Every capability that the plan asks for is on
/// one of them at least.
const std::vector<flight_node>& flight_nodes();

}  // namespace dunlin::flight
