// SPDX-License-Identifier: Apache-2.0
// The example of sharing: `sharing [--svg FILE] [--seconds N]`.
#include <charconv>
#include <csignal>
#include <string_view>

#include "examples/sharing/walk.hpp"

namespace {

using namespace dunlin;

/// Whole seconds, 1 to 60.
bool read_seconds(std::string_view text, std::chrono::milliseconds& into) {
  int seconds = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (wrong != std::errc{} || end != text.data() + text.size() || seconds < 1 || seconds > 60) return false;
  into = std::chrono::seconds{seconds};
  return true;
}

bool read(int argc, char** argv, sharing::walk_options& into) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i], value = argv[i + 1];
    if (name == "--svg")
      into.svg = value;
    else if (name != "--seconds" || !read_seconds(value, into.of_each))
      return false;
  }
  return argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away ends a write, not the walk
  auto out = cli::standard_console();
  sharing::walk_options options;
  if (read(argc, argv, options)) return sharing::walk(options, out);
  out.note("usage: sharing [--svg FILE] [--seconds N]   (1 to 60 for each pattern, default 4)");
  return cli::exit_code::usage;
}
