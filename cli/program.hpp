// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/config/layers.hpp"
#include "cli/verb.hpp"

namespace dunlin::cli {

/// What a call of the program brings with it.
struct program_call {
  std::vector<std::string> arguments;  ///< without the program's name
  environment variables;
  std::vector<agent_kind> kinds;
};

/// Runs the program: reads the line, resolves the settings, runs the verb, prints its error. Returns the exit code.
int run_program(const program_call& call, console& out);

}  // namespace dunlin::cli
