// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// The newest progress of one attempt on its way to the dispatcher: however often a handler reports, at most one
/// message is under way, at most every `every`, and the last report always arrives. Thread: any.
class progress_slot {
 public:
  static constexpr duration every = 100ms;

  /// Keeps `what`. Returns how long to wait before the dispatcher is told; nothing if it will be told anyway.
  std::optional<duration> put(task_progress what, time_point now) {
    std::lock_guard lock{mutex_};
    newest_ = std::move(what);
    if (std::exchange(told_, true)) return std::nullopt;
    return now < next_ ? next_ - now : duration{0};
  }

  /// Returns what was put last; the dispatcher calls it when it was told.
  task_progress take(time_point now) {
    std::lock_guard lock{mutex_};
    told_ = false;
    next_ = now + every;
    return newest_;
  }

 private:
  std::mutex mutex_;
  task_progress newest_;
  bool told_ = false;
  time_point next_{};
};

}  // namespace dunlin
