// SPDX-License-Identifier: Apache-2.0
#include "cli/swarm_program.hpp"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <string_view>

#include "cli/program.hpp"

namespace dunlin {

namespace {

std::size_t columns_of_terminal() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

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
  cli::console out{std::cin, std::cout, std::cerr, cli::output_format::table, ::isatty(STDERR_FILENO) == 1};
  out.columns = columns_of_terminal();
  cli::program_call call{{argv + (argc > 0 ? 1 : 0), argv + argc}, cli::read_environment(), std::move(kinds)};
  try {
    return cli::run_program(call, out);
  } catch (const std::exception& broken) {
    out.refuse(error{errc::internal, broken.what(), "this is a defect of the program"});
    return cli::exit_code::failed;
  }
}

}  // namespace dunlin
