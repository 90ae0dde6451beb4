// SPDX-License-Identifier: Apache-2.0
#include "cli/swarm_program.hpp"

#include <sys/prctl.h>

#include <csignal>
#include <exception>
#include <string_view>

#include "cli/program.hpp"

namespace dunlin {

namespace {

/// A node process is started through /proc/self/exe, which would make `ps` and `ss` call it `exe`.
void take_name(std::string_view path) {
  const auto slash = path.rfind('/');
  ::prctl(PR_SET_NAME, path.data() + (slash == std::string_view::npos ? 0 : slash + 1));
}

}  // namespace

int run_swarm_program(int argc, char** argv, std::vector<agent_kind> kinds) {
  // A reader that goes away (`dunlin task list | head`) ends a write with an error, not this process.
  std::signal(SIGPIPE, SIG_IGN);
  if (argc > 0) take_name(argv[0]);
  auto out = cli::standard_console();
  cli::program_call call{{argv + (argc > 0 ? 1 : 0), argv + argc}, cli::read_environment(), std::move(kinds)};
  try {
    return cli::run_program(call, out);
  } catch (const std::exception& broken) {
    out.refuse(error{errc::internal, broken.what(), "this is a defect of the program"});
    return cli::exit_code::failed;
  }
}

}  // namespace dunlin
