// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "actors/process/descriptor.hpp"
#include "cli/up/ready_line.hpp"
#include "coordination/result.hpp"

namespace dunlin::cli {

/// How a node process ended.
struct node_end {
  bool clean = false;       ///< by itself, with 0
  bool terminated = false;  ///< by SIGTERM
  std::string how;          ///< `exit code 1`, `signal 9 (Killed)`
};

/// A node process that `up` started: in a process group of its own, so that Ctrl-C on the terminal reaches only `up`.
/// It is asked to drain when this process dies.
class node_child {
 public:
  node_child() = default;

  /// Starts the program with `arguments`; its errors go to the end of the file `log`. Errors: io_failed.
  static result<node_child> start(const std::vector<std::string>& arguments, const std::string& log,
                                  const sigset_t& mask);

  [[nodiscard]] bool runs() const noexcept { return pid_ > 0; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  /// Readable when the process has written or ended; -1 once it has closed its output.
  [[nodiscard]] int output_fd() const noexcept { return output_.get(); }

  /// Readable when the process has ended.
  [[nodiscard]] int end_fd() const noexcept { return ended_.get(); }

  /// Reads what is there. Returns the ready line once it is complete.
  std::optional<ready_line> read_output();

  /// Collects the process if it has ended.
  std::optional<node_end> collect();

  void send(int signal) const noexcept;

 private:
  pid_t pid_ = -1;
  descriptor ended_;
  descriptor output_;
  std::string line_;
};

/// Returns the error that a node process wrote last to `log`, beginning at byte `from`; nothing if it wrote none.
[[nodiscard]] std::optional<error> last_error_in(const std::string& log, std::uint64_t from);

}  // namespace dunlin::cli
