// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// How long turns are, and among how many.
struct turn_options {
  duration quantum = 10ms;          ///< busy time of a turn, of whom and at which weight its pattern says: 1 ms to 1 s
  std::uint32_t most_holders = 64;  ///< a turn comes round after at most the others' turns

  /// Errors: invalid_argument (quantum out of range, nobody may take part).
  [[nodiscard]] DUNLIN_EXPORT result<void> check() const;
};

}  // namespace dunlin
