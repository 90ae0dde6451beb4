// SPDX-License-Identifier: Apache-2.0
// What the nodes of these tests start for agents in processes.
#include "actors/agent_host.hpp"
#include "tests/actors/node/test_agents.hpp"

int main(int argc, char** argv) {
  return argc < 2 ? 2 : dunlin::serve_agent_kind(dunlin::testing::child_kinds(), argv[argc - 1]);
}
