// SPDX-License-Identifier: Apache-2.0
// A real process of a test, with what it wrote.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::test {

/// How a process ended and what it wrote.
struct ended_program {
  int code = -1;  ///< exit code; 128 + the signal that ended it; -1 if it does not end
  std::string out;
  std::string err;
};

/// Ends with the test, by SIGKILL if it must.
class program {
 public:
  /// Starts `arguments` without any DUNLIN_* variable of the caller's.
  explicit program(std::vector<std::string> arguments);
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  void send(int signal) const noexcept;

  /// Returns what it has written so far.
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

  /// True while it runs.
  bool runs();

  /// Waits for its end.
  ended_program wait();

 private:
  scratch_directory files_;
  pid_t pid_ = -1;
  std::optional<int> code_;
};

/// Runs `arguments` to its end.
ended_program run_to_end(std::vector<std::string> arguments);

/// Returns the processes whose arguments hold `text`.
std::vector<pid_t> processes_with(const std::string& text);

/// Returns the content of a file; empty if there is none.
std::string content_of(const std::string& path);

}  // namespace dunlin::test
