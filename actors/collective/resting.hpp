// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "actors/collective/collective_seat.hpp"

namespace dunlin {

/// A member's rest while it waits for others; it ends with this at the latest, also by an exception.
class resting {
 public:
  /// After `rest` has succeeded. `of` outlives it.
  explicit resting(const seat_surroundings& of) noexcept : of_(of) {}
  ~resting() {
    if (!is_over_) static_cast<void>(end());
  }
  resting(const resting&) = delete;
  resting& operator=(const resting&) = delete;

  /// Returns whether the member may go on.
  result<void> end() {
    is_over_ = true;
    return of_.resume ? of_.resume() : result<void>{};
  }

 private:
  const seat_surroundings& of_;
  bool is_over_ = false;
};

}  // namespace dunlin
