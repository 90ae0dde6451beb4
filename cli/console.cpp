// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "cli/text/printable.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

void console::line(std::string_view text) const { (out << text << '\n').flush(); }

void console::note(std::string_view text) const { (err << text << '\n').flush(); }

void console::refuse(const error& why) const {
  if (json()) return note(json::to_json(why));
  err << "error[" << to_string(why.code) << "]: ";
  if (!why.path.empty()) err << why.path << ": ";
  err << printable(why.context, true) << '\n';
  if (!why.hint.empty()) err << "hint: " << printable(why.hint, true) << '\n';
  err.flush();
}

console standard_console() {
  winsize size{};
  console out{std::cin, std::cout, std::cerr, output_format::table, ::isatty(STDERR_FILENO) == 1};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0) out.columns = size.ws_col;
  return out;
}

int exit_code_of(errc code) noexcept {
  if (code == errc::none) return exit_code::ok;
  if (code <= errc::unknown_verb) return exit_code::usage;
  if (code == errc::unreachable || code == errc::link_down) return exit_code::unreachable;
  if (code == errc::timeout) return exit_code::timeout;
  return exit_code::failed;
}

}  // namespace dunlin::cli
