// SPDX-License-Identifier: Apache-2.0
#include "cli/swarm_program.hpp"
#include "tests/system/sharing/doomed_agents.hpp"
#include "tests/system/sharing/witness_agents.hpp"
#include "tests/system/summing_agent.hpp"
#include "tests/system/talking_agents.hpp"

int main(int argc, char** argv) {
  using namespace dunlin;
  return run_swarm_program(
      argc, argv,
      {kind_of<test::answering_agent>("answering", {}, isolation_mode::thread, 1),
       kind_of<test::frozen_agent>("frozen", {}, isolation_mode::async, 8),
       kind_of<test::asking_agent>("asking", {}, isolation_mode::thread, 1),
       kind_of<test::misbehaving_agent>("misbehaving"), kind_of<test::summing_agent>("summing"),
       kind_of<test::steady_agent>("steady"), kind_of<test::doomed_agent>("doomed"),
       kind_of<test::doomed_process>("doomed_process", {}, isolation_mode::process),
       kind_of<test::stage_agent>("stage"), test::haggling_kind(), kind_of<test::stepping_witness>("stepping"),
       kind_of<test::whole_witness>("whole", {}, isolation_mode::process)});
}
