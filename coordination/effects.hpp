// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// What a decision object wants done, in a buffer that its shell reuses.
///
/// The commit barrier: the shell performs `now` at once, hands `commit` to the store as one transaction, and performs
/// `after_commit` only when the store has acknowledged it. If the store refuses or fails, `after_commit` is dropped
/// and the object's `on_commit_failed` is called. An empty `commit` counts as acknowledged once every earlier
/// transaction of the same object is: acknowledgements arrive in order.
template <class Action>
struct effects {
  std::vector<Action> now;
  transaction commit;
  std::vector<Action> after_commit;

  [[nodiscard]] bool empty() const noexcept { return now.empty() && commit.writes.empty() && after_commit.empty(); }

  /// Empties the lists and keeps their memory.
  void clear() noexcept {
    now.clear();
    commit.writes.clear();
    after_commit.clear();
  }
};

}  // namespace dunlin
