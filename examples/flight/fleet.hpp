// SPDX-License-Identifier: Apache-2.0
// The node processes of one flight: children of this one, started from the same program.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <string>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::flight {

/// One node of the fleet.
struct fleet_node {
  std::string name;
  std::vector<std::string> kinds;
  std::vector<std::string> capabilities;
  std::uint32_t workers = 1;
};

class fleet {
 public:
  explicit fleet(std::string state_dir) : state_dir_(std::move(state_dir)) {}

  /// Ends what still runs.
  ~fleet();
  fleet(const fleet&) = delete;
  fleet& operator=(const fleet&) = delete;

  /// Starts a node and waits until it says that it is ready; the first one leads. Errors: io_failed, timeout, crashed
  /// (with what it printed).
  result<void> start(const fleet_node& node);

  /// Waits until every process has ended by itself; kills those that do not within ten seconds. Returns false if one
  /// did not end well.
  bool wait();

  [[nodiscard]] const std::string& http() const noexcept { return http_; }
  [[nodiscard]] const std::string& token_file() const noexcept { return token_file_; }

 private:
  struct process {
    std::string name;
    pid_t pid = 0;
  };

  std::string state_dir_;
  std::string link_;
  std::string http_;
  std::string token_file_;
  std::vector<process> running_;
};

}  // namespace dunlin::flight
