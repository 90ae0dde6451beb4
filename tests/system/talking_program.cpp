// SPDX-License-Identifier: Apache-2.0
#include "cli/swarm_program.hpp"
#include "tests/system/talking_agents.hpp"

int main(int argc, char** argv) {
  using namespace dunlin;
  return run_swarm_program(argc, argv,
                           {kind_of<test::answering_agent>("answering", {}, isolation_mode::thread, 1),
                            kind_of<test::frozen_agent>("frozen", {}, isolation_mode::async, 8),
                            kind_of<test::asking_agent>("asking", {}, isolation_mode::thread, 1),
                            kind_of<test::misbehaving_agent>("misbehaving")});
}
