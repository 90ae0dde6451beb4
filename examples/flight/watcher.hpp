// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "coordination/result.hpp"

namespace dunlin::flight {

/// Follows a long computation from outside, and may end it.
class watcher {
 public:
  virtual ~watcher() = default;

  /// Hears that `done` of `total` steps are behind. Returns whether to go on.
  virtual bool on_step(std::uint64_t done, std::uint64_t total) = 0;
};

/// Tells `by`, if anybody watches, about a step. Errors: cancelled (it said to stop; `what` names the steps).
inline result<void> step_done(watcher* by, std::uint64_t done, std::uint64_t total, const char* what) {
  if (by == nullptr || by->on_step(done, total)) return {};
  return fail(errc::cancelled, "stopped after " + std::to_string(done) + " of " + std::to_string(total) + " " + what);
}

}  // namespace dunlin::flight
