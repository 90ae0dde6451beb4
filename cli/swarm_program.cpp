// SPDX-License-Identifier: Apache-2.0
#include "cli/swarm_program.hpp"

#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>

#include "cli/program.hpp"

namespace dunlin {

int run_swarm_program(int argc, char** argv, std::vector<agent_kind> kinds) {
  // A reader that goes away (`dunlin task list | head`) ends a write with an error, not this process.
  std::signal(SIGPIPE, SIG_IGN);
  cli::console out{std::cin, std::cout, std::cerr, cli::output_format::table, ::isatty(STDERR_FILENO) == 1};
  cli::program_call call{{argv + (argc > 0 ? 1 : 0), argv + argc}, cli::read_environment(), std::move(kinds)};
  try {
    return cli::run_program(call, out);
  } catch (const std::exception& broken) {
    out.refuse(error{errc::internal, broken.what(), "this is a defect of the program"});
    return cli::exit_code::failed;
  }
}

}  // namespace dunlin
