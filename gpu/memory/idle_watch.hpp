// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "coordination/types.hpp"
#include "gpu/memory/memory_pool.hpp"

namespace dunlin {

/// Says when a pool has been left alone for so long that joining its free memory and giving it back disturbs nobody.
/// Thread: one at a time.
class idle_watch {
 public:
  static constexpr std::chrono::seconds patience{10};

  /// Looked at now and then. Returns true once for each time of rest.
  [[nodiscard]] bool is_time(const pool_statistics& seen, time_point now) {
    if (!still_since_ || seen.allocations != allocations_) {
      allocations_ = seen.allocations;
      still_since_ = now;
      done_ = false;
    }
    const bool has_spare = seen.now.cached + seen.now.external > 0;
    if (done_ || !has_spare || now - *still_since_ < patience) return false;
    return done_ = true;
  }

 private:
  std::optional<time_point> still_since_;
  std::uint64_t allocations_ = 0;
  bool done_ = false;
};

}  // namespace dunlin
