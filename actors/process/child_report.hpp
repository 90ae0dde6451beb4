// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// How a child ended.
struct child_report {
  std::optional<error> not_started;  ///< why there never was a process
  int exit_code = -1;                ///< of a child that returned; -1 = it did not
  int signal = 0;                    ///< that ended it; 0 = none
  errc killed = errc::none;          ///< why we ended it: timeout, output_too_large, cancelled …
  bytes output;                      ///< its stdout, up to the cap
  bytes errors;                      ///< its stderr, up to the cap
  std::string last_lines;            ///< of stderr, or of stdout if that is empty; printable
  std::uint64_t wall_ns = 0;
  std::uint64_t cpu_ns = 0;  ///< of the child and those of its children that it waited for
  std::uint64_t peak_rss_bytes = 0;
};

/// Returns success for exit code 0, else who ended it, how, and its last lines. Errors: what kept it from starting,
/// why it was killed, crashed (a signal), handler_failed (another exit code).
DUNLIN_EXPORT result<void> verdict(const child_report& report);

/// Returns `SIGSEGV (Segmentation fault)`.
DUNLIN_EXPORT std::string describe_signal(int signal);

/// Returns the last lines of `raw`, at most `max_lines` and `max_bytes`, with everything that a terminal might act on
/// written as `\xNN`.
DUNLIN_EXPORT std::string printable_tail(std::string_view raw, std::size_t max_lines = 20,
                                         std::size_t max_bytes = 2'000);

}  // namespace dunlin
