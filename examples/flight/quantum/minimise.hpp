// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/watcher.hpp"

namespace dunlin::flight::quantum {

/// A function to minimise.
class objective {
 public:
  virtual ~objective() = default;

  /// Returns the value at `x` and writes its gradient, of the same size.
  virtual double value_at(std::span<const double> x, std::span<double> gradient) = 0;
};

/// When a search ends.
struct minimise_limits {
  std::uint32_t steps = 300;
  double gradient = 1e-7;  ///< a point whose gradient is shorter is a minimum
};

/// Where a search ended.
struct minimum {
  std::vector<double> x;
  double value = 0;
  std::uint32_t steps = 0;
};

/// Walks downhill from `start` by L-BFGS with a backtracking line search that keeps Armijo's condition;
/// the value never rises. `by` may be null; it hears of each step. Errors: cancelled. Source: Nocedal, Wright,
/// "Numerical optimization", algorithms 7.4 and 7.5.
result<minimum> minimise(objective& of, std::vector<double> start, const minimise_limits& limits,
                         watcher* by = nullptr);

}  // namespace dunlin::flight::quantum
