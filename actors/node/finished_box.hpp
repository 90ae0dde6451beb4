// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "actors/node/node_messages.hpp"

namespace dunlin {

/// Attempts that have ended, on their way to the dispatcher. However many end at once, it is told once and takes all:
/// a message each would cost more than the bookkeeping it leads to. Holds at most one entry per agent. Thread: any.
class finished_box {
 public:
  /// Returns true if the dispatcher has to be told.
  [[nodiscard]] bool put(agent_finished&& one) {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(one));
    return waiting_.size() == 1;
  }

  /// Swaps what has come into `out`, which is empty; its memory is used again.
  void take(std::vector<agent_finished>& out) {
    const std::lock_guard lock{mutex_};
    std::swap(waiting_, out);
  }

 private:
  std::mutex mutex_;
  std::vector<agent_finished> waiting_;
};

}  // namespace dunlin
