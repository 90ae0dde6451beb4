// SPDX-License-Identifier: Apache-2.0
// What a swarm process waits for: the leader's welcome at its beginning, and its end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "actors/swarm/swarm_process.hpp"

namespace dunlin {

/// Thread: any.
class process_life {
 public:
  using clock = std::chrono::steady_clock;

  void welcome();

  /// The leader refused this node. Counts only if it will again: for another version, a wrong secret and the like.
  void refuse(error why);

  /// Waits for either. Errors: the refusal; unreachable (neither came in time; `leader` is named).
  result<void> wait_for_welcome(std::chrono::milliseconds patience, const std::string& leader);

  /// Ends the process as `how`, unless it has ended.
  void finish(swarm_end how);

  /// From now on an end is expected within `patience`. Returns false if that was said before.
  bool begin_drain(std::chrono::milliseconds patience);

  /// The process' own node has drained.
  void node_drained();

  /// Waits for the end, at most `patience`. `others_are_gone` is asked now and then once the own node has drained: when
  /// it says yes, the process ends.
  std::optional<swarm_end> wait(std::chrono::milliseconds patience, const std::function<bool()>& others_are_gone);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<swarm_end> end_;
  std::optional<error> refused_;
  bool welcomed_ = false;
  std::optional<clock::time_point> drain_until_;
  bool node_drained_ = false;
};

}  // namespace dunlin
