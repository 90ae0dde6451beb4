// SPDX-License-Identifier: Apache-2.0
// A swarm of real processes in a state directory of its own, on ports of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/json/value.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/system/program.hpp"

namespace dunlin::test {

using words = std::vector<std::string>;

class swarm_rig {
 public:
  /// `program` is dunlin or a program that is dunlin plus kinds.
  explicit swarm_rig(std::string program = DUNLIN_PROGRAM) : program_(std::move(program)) {}

  /// Kills what still runs.
  ~swarm_rig();
  swarm_rig(const swarm_rig&) = delete;
  swarm_rig& operator=(const swarm_rig&) = delete;

  [[nodiscard]] const std::string& state_dir() const noexcept { return directory_.path(); }

  /// Starts `up` on any free port. Returns true once it says that it is ready, false if it ended before.
  bool up(const words& more = {});

  /// The process of `up`.
  [[nodiscard]] program& swarm() { return *up_; }

  /// Runs a verb against this swarm.
  ended_program run(words verb) const;

  /// Starts a verb against this swarm.
  [[nodiscard]] std::unique_ptr<program> start(words verb) const;

  /// Runs a verb with `--output json` and returns what it printed.
  json::object ask(words verb) const;

  /// Submits and returns the id. `verb` begins after `submit`.
  std::string submit(words verb) const;

  /// Returns a field of a task's record that holds text.
  std::string field_of_task(const std::string& id, const std::string& field) const;

  /// Returns the process of a node; 0 if it is not listed.
  [[nodiscard]] pid_t pid_of(const std::string& node) const;

  /// True once the swarm's processes are gone.
  bool is_gone() const;

 private:
  words full(words verb) const;

  std::string program_;
  scratch_directory directory_ = scratch_directory::in_memory();
  std::unique_ptr<program> up_;
};

}  // namespace dunlin::test
