// SPDX-License-Identifier: Apache-2.0
// A program as a task: `dunlin run -- CMD`.
#pragma once

#include <tuple>

#include "actors/process/allow_list.hpp"
#include "actors/process/process_host.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// The payload of a task that runs a program.
struct command_line {
  std::vector<std::string> arguments;  ///< the first one names the executable
  std::vector<label> environment;      ///< beside the clean one
  static auto fields(auto& m) { return std::tie(m.arguments, m.environment); }
  friend bool operator==(const command_line&, const command_line&) = default;
};

/// The result of such a task. What a program wrote travels up to `max_inline_bytes` in all: of more, the end.
struct command_output {
  std::int32_t exit_code = 0;
  bytes output;                    ///< the end of its stdout
  bytes errors;                    ///< the end of its stderr
  std::uint64_t output_bytes = 0;  ///< how much stdout there was
  std::uint64_t errors_bytes = 0;
  static auto fields(auto& m) { return std::tie(m.exit_code, m.output, m.errors, m.output_bytes, m.errors_bytes); }
  friend bool operator==(const command_output&, const command_output&) = default;
};

/// One attempt to run a program.
struct command_attempt {
  command_line command;
  task_id id;
  std::uint32_t attempt = 1;
  fencing_token epoch = 0;
  std::chrono::milliseconds timeout{0};  ///< 0 = none
  std::uint64_t memory_bytes = 0;        ///< of address space; 0 = as the node
};

/// How the attempt went.
struct command_end {
  result<command_output> outcome;  ///< an exit code other than 0 is an error, see `verdict`
  task_usage usage;                ///< without the time in queues
};

/// Checks the command against the list and starts it; `done` is called on the host's thread. Returns the child, for
/// `kill`. Errors: not_allowed, not_found, invalid_argument, overloaded, shutting_down.
DUNLIN_EXPORT result<child_id> run_command(process_host& host, const allow_list& allowed, command_attempt attempt,
                                           std::function<void(command_end)> done);

}  // namespace dunlin
