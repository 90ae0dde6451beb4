// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "coordination/types.hpp"

namespace dunlin::link {

struct redial_timing {
  duration first = 50ms;
  duration cap = 5s;
};

/// When to try a connection again: at once, then after pauses that double up to a cap, each times a random factor
/// from 0.5 to 1.5, so that nodes that lost the same peer do not come back in step.
class DUNLIN_EXPORT redial {
 public:
  explicit redial(const redial_timing& timing = {}) noexcept : timing_(timing) {}

  /// Returns how long to wait before the next attempt. `random`: 64 random bits.
  [[nodiscard]] duration next(std::uint64_t random) noexcept;

  /// The connection stands; a later loss starts over.
  void succeeded() noexcept { attempts_ = 0; }

  /// Attempts since the last success.
  [[nodiscard]] std::uint32_t attempts() const noexcept { return attempts_; }

 private:
  redial_timing timing_;
  std::uint32_t attempts_ = 0;
};

}  // namespace dunlin::link
