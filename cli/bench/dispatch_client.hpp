// SPDX-License-Identifier: Apache-2.0
// Drives a `local_swarm` as a client does, and checks what comes back.
#pragma once

#include <cstdint>

#include "cli/bench/local_swarm.hpp"

namespace dunlin::bench {

/// Returns the kind whose agents the client's tasks need: they answer with a hash of the task's id and payload.
agent_kind checking_kind(std::uint32_t agents);

/// Submits tasks with different priorities and a wanted capability, keeps a window of them under way, and checks that
/// each result comes once and is right.
class dispatch_client {
 public:
  explicit dispatch_client(local_swarm& swarm);
  ~dispatch_client();
  dispatch_client(const dispatch_client&) = delete;
  dispatch_client& operator=(const dispatch_client&) = delete;

  /// Returns tasks per second with `window` tasks under way, submitted `batch` at a time; 0 if a result was wrong.
  double rate(std::uint64_t count, std::uint64_t window, std::uint64_t batch);

  /// Returns the median time from submission to result with one task at a time; 0 if a result was wrong.
  double one_by_one_p50_us(std::uint64_t count);

  /// Stops placement for good, then submits tasks that wait in the leader. Returns once all are stored; false if one
  /// was refused.
  bool fill_queue(std::uint64_t count);

 private:
  orchestrator_handle leader_;
  caf::actor actor_;
};

}  // namespace dunlin::bench
