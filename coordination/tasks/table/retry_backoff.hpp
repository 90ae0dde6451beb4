// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "coordination/errc.hpp"
#include "coordination/tasks/task_spec.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// Uniform numbers from a seed. Source: splitmix64, Steele, Lea and Flood, OOPSLA 2014.
class jitter_source {
 public:
  explicit jitter_source(std::uint64_t seed) noexcept : state_(seed) {}

  /// Returns a number in [0, 1).
  double next() noexcept;

 private:
  std::uint64_t state_;
};

/// Returns how long a task waits after a failure that `earlier` others came before:
/// min(max_delay, delay * 2^earlier) * U(0.5, 1.5); without the power if the policy is not exponential.
duration backoff_delay(const retry_policy& retry, std::uint32_t earlier, jitter_source& jitter) noexcept;

/// Returns the longest time `backoff_delay` can give under this policy.
duration longest_backoff(const retry_policy& retry) noexcept;

/// Returns whether the same task could end otherwise when it is tried again.
bool is_retryable(errc code) noexcept;

}  // namespace dunlin
