// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "coordination/types.hpp"

namespace dunlin {

/// Where a successor wakes. Left to itself it wakes on an idle core, if there is one: on many machines that takes
/// longer than a short step, while the core of whoever hands its turn on becomes free at once. To tie it there costs
/// two calls into the system, so that is done only where wake-ups were slow lately. Thread: the owner's.
class wake_habit {
 public:
  static constexpr duration slow = std::chrono::microseconds{10};
  static constexpr unsigned looked_at = 4;    ///< wake-ups: on a busy machine any one may be slow
  static constexpr unsigned left_alone = 16;  ///< one in so many is not tied, to see whether that is still slow

  /// A thread that was not tied ran so long after it was woken.
  void on_woken(duration took) noexcept {
    shortest_ = std::min(shortest_, took);
    if (++noted_ < looked_at) return;
    ties_ = shortest_ > slow;
    shortest_ = duration::max();
    noted_ = 0;
  }

  /// Returns whether the next one is to be tied to the core that becomes free.
  [[nodiscard]] bool ties_next() noexcept { return ties_ && ++asked_ % left_alone != 0; }

 private:
  duration shortest_ = duration::max();
  unsigned noted_ = 0;
  unsigned asked_ = 0;
  bool ties_ = false;
};

}  // namespace dunlin
