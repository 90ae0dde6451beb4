// SPDX-License-Identifier: Apache-2.0
#include "cli/swarm_program.hpp"

int main(int argc, char** argv) { return dunlin::run_swarm_program(argc, argv); }
