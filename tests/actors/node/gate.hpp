// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>

#include "tests/actors/node/patience.hpp"

namespace dunlin::testing {

/// Where a handler stands until the test lets it go, and where the test sees that it came.
class gate {
 public:
  ~gate() { open(); }

  void open() {
    std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }

  [[nodiscard]] bool is_open() {
    std::lock_guard lock{mutex_};
    return open_;
  }

  /// Says that a handler came by.
  void visit() {
    std::lock_guard lock{mutex_};
    ++visitors_;
    changed_.notify_all();
  }

  /// Stands until the gate is open.
  void wait() {
    visit();
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 2 * patience, [this] { return open_; });
    lock.unlock();
    leave();
  }

  /// Says that a visitor is gone.
  void leave() {
    std::lock_guard lock{mutex_};
    --visitors_;
    changed_.notify_all();
  }

  /// Waits until `count` handlers are or were here; false if fewer came.
  bool wait_for_visitors(int count) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return visitors_ >= count; });
  }

  /// Waits until everyone who stood here has gone on.
  bool wait_for_quiet() {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return visitors_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int visitors_ = 0;
};

}  // namespace dunlin::testing
