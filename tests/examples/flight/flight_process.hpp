// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight {

/// The program `flight` as a process of a test, with a directory of its own for its temporary files. Killed, if it must
/// be, at the end.
class flight_process {
 public:
  flight_process();
  ~flight_process();
  flight_process(const flight_process&) = delete;
  flight_process& operator=(const flight_process&) = delete;

  /// Waits until what it has written to its error stream matches `pattern` somewhere; false if it ended before, or
  /// after a minute.
  bool wait_for(const std::string& pattern);

  /// Waits for its end. Returns the exit code; -1 if it was killed, or does not end within two minutes.
  int wait();

  void send(int signal) const;

  /// Returns the process of a node, as the flight tells it; 0 if it has not.
  [[nodiscard]] pid_t node(const std::string& name) const;

  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string errors() const;

  /// True if it left no temporary file.
  [[nodiscard]] bool left_nothing() const;

 private:
  bool collect();

  scratch_directory words_;  // what it wrote
  scratch_directory temporary_;
  pid_t pid_ = -1;
  int code_ = -1;
};

/// True once the process is gone, within ten seconds.
bool is_gone(pid_t process);

}  // namespace dunlin::flight
