// SPDX-License-Identifier: Apache-2.0
// Private to the picture: where the bars of a stretch of time are.
#pragma once

#include <vector>

#include "examples/sharing/story.hpp"

namespace dunlin::sharing {

/// A stretch of time.
struct stretch {
  moment from;
  moment to;
};

/// Returns the steps in the order of their begins. One that had any one unit is said to have had the first that was
/// free then: which one it was nobody has written down.
[[nodiscard]] std::vector<step_taken> with_units(const story& of);

/// Returns what of these steps lies in `within`, in order. Those of one member and the same units whose gap is shorter
/// than `gap` are one.
[[nodiscard]] std::vector<step_taken> bars_of(const std::vector<step_taken>& steps, const stretch& within,
                                              std::chrono::nanoseconds gap);

/// Returns a stretch of `during` so long, in which as many agents as possible are at work: the first of those.
[[nodiscard]] stretch busiest(const std::vector<step_taken>& steps, const phase& during,
                              std::chrono::nanoseconds length);

}  // namespace dunlin::sharing
