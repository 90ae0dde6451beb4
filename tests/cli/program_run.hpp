// SPDX-License-Identifier: Apache-2.0
// A call of the program within the test's own process, with what it printed.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "cli/program.hpp"

namespace dunlin::cli::test {

struct program_run {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs the program with these arguments and variables; `input` is what it reads.
inline program_run run(std::vector<std::string> arguments, environment variables = {}, const std::string& input = {},
                       std::vector<agent_kind> kinds = {}) {
  std::istringstream in{input};
  std::ostringstream out, err;
  console to{in, out, err};
  program_run done;
  done.code = run_program({std::move(arguments), std::move(variables), std::move(kinds)}, to);
  done.out = out.str();
  done.err = err.str();
  return done;
}

}  // namespace dunlin::cli::test
