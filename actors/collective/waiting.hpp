// SPDX-License-Identifier: Apache-2.0
// How a member waits on its own thread: for streams that become ready, or for an answer of another thread. Every wait
// has an end, and ends at once when the task is cancelled.
#pragma once

#include <poll.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// Wakes whoever polls it, from any thread; once rung it can be read for good.
class DUNLIN_EXPORT wake_bell {
 public:
  wake_bell();
  ~wake_bell();
  wake_bell(const wake_bell&) = delete;
  wake_bell& operator=(const wake_bell&) = delete;

  void ring() noexcept;
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

/// How long somebody waits, and what ends it sooner.
struct wait_terms {
  time_point until = time_point::max();
  std::function<bool()> cancelled = {};        ///< may be empty
  std::shared_ptr<const wake_bell> bell = {};  ///< rings when it is cancelled; null = that is asked every 100 ms

  /// Returns the same, but not longer than until `end`.
  [[nodiscard]] wait_terms within(time_point end) const { return {std::min(until, end), cancelled, bell}; }
};

/// Waits until one of these is ready, the bell rings or that little time has passed, and not at all once it is over.
/// Errors: cancelled, timeout.
DUNLIN_EXPORT result<void> wait_a_little(std::vector<pollfd>& what, const wait_terms& terms, time_point now,
                                         duration little = 100ms);

/// An answer that another thread gives once. Share it: who waits may be gone when the answer comes.
template <class T>
class awaited {
 public:
  /// Thread: any. Later answers are dropped.
  void give(result<T> answer) {
    const std::lock_guard lock{mutex_};
    if (given_) return;
    given_.emplace(std::move(answer));
    bell_.ring();
  }

  /// Errors: the answer's, cancelled, timeout.
  result<T> wait(const wait_terms& terms, const std::function<time_point()>& now) {
    for (;;) {
      if (auto answer = take()) return std::move(*answer);
      std::vector<pollfd> what{{bell_.descriptor(), POLLIN, 0}};
      if (auto may = wait_a_little(what, terms, now()); !may) return fail(std::move(may.error()));
    }
  }

 private:
  std::optional<result<T>> take() {
    const std::lock_guard lock{mutex_};
    return std::move(given_);
  }

  std::mutex mutex_;
  std::optional<result<T>> given_;
  wake_bell bell_;
};

}  // namespace dunlin
