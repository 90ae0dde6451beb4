// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/bench/collectives/ring_member.hpp"
#include "cli/bench/peer_process.hpp"

namespace dunlin::bench {

/// Processes that form a group of ours and a ring of bare streams, and do as they are told.
class ring_of_processes {
 public:
  /// `program` starts one; `array_bytes` is the most that one has; `secret_file` exists.
  /// Errors: those of `peer_process`, and the members' own words as `internal`.
  static result<ring_of_processes> start(const std::vector<std::string>& program, std::uint32_t members,
                                         std::size_t array_bytes, const std::string& secret_file);

  /// Adds up arrays of so many bytes, checks the sums. Returns seconds of the slowest; below 0 if it went wrong.
  double all_reduce(std::size_t bytes, bool in_place);

  /// Moves as many bytes from each to the next as `all_reduce` of so many does. Returns the same.
  double move_bare(std::size_t bytes, const raw_way& way);

  /// Returns how many bytes each member sends in an all-reduce of so many.
  [[nodiscard]] std::size_t moved_by(std::size_t bytes) const noexcept {
    return 2 * (bytes / members_.size()) * (members_.size() - 1);
  }

 private:
  result<std::vector<std::string>> ask_all(const std::vector<std::string>& orders);
  double slowest(const std::string& order);

  std::vector<std::unique_ptr<peer_process>> members_;
};

}  // namespace dunlin::bench
