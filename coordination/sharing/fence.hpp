// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/types.hpp"

namespace dunlin {

/// Stands at the resource and lets only the newest holder through. A lease's timer alone does not protect: a holder
/// that was paused past its deadline still believes in it, but its token gives it away. Source: Kleppmann, How to do
/// distributed locking, 2016; Burrows, The Chubby lock service, OSDI 2006, section 2.4.
class DUNLIN_EXPORT fence {
 public:
  /// Accepts `token` if no higher one was seen, and remembers it. Errors: fenced_off.
  [[nodiscard]] errc admit(fencing_token token) noexcept;

  /// Refuses every token below `lowest` from now on, without having seen it used.
  void raise(fencing_token lowest) noexcept;

  /// Returns the highest token seen or raised to; 0 = none.
  [[nodiscard]] fencing_token highest() const noexcept { return highest_; }

 private:
  fencing_token highest_ = 0;
};

}  // namespace dunlin
