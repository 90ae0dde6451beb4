// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dunlin {

/// Where a task lives in the task table. A slot is used again after its task is erased; the generation tells the two
/// lives apart, so that an old reference finds nothing instead of a stranger.
struct task_slot {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const task_slot&, const task_slot&) = default;
};

}  // namespace dunlin
