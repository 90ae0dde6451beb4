// SPDX-License-Identifier: Apache-2.0
// The example flight. Without arguments it flies; with them it is the `dunlin` program with the flight's kinds.
#include "cli/swarm_program.hpp"
#include "examples/flight/agents/flight_kinds.hpp"
#include "examples/flight/fly.hpp"

int main(int argc, char** argv) {
  if (argc == 1) return dunlin::flight::fly();
  return dunlin::run_swarm_program(argc, argv, dunlin::flight::flight_kinds());
}
