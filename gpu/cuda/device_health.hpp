// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "coordination/result.hpp"

namespace dunlin::cuda {

/// Whether a GPU still works. After a fault its context is of no use to anybody: the first one stays. Thread: any.
class device_health {
 public:
  /// Passes `outcome` on, and remembers it if it tells of a fault.
  template <class Value>
  result<Value> note(result<Value> outcome) {
    if (!outcome && outcome.error().code == errc::device_lost) remember(outcome.error());
    return outcome;
  }

  /// Errors: device_lost, with what happened.
  [[nodiscard]] result<void> check() const {
    const std::lock_guard lock{mutex_};
    if (!fault_) return {};
    return fail(error{*fault_});
  }

 private:
  void remember(const error& what) {
    const std::lock_guard lock{mutex_};
    if (!fault_) fault_ = what;
  }

  mutable std::mutex mutex_;
  std::optional<error> fault_;
};

}  // namespace dunlin::cuda
