// SPDX-License-Identifier: Apache-2.0
// The four agents of the example: two batch jobs, one that needs much memory, one that somebody waits for. Under the
// pattern `pipeline` they work hand in hand, each at the stage of its name.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "actors/agent.hpp"
#include "examples/sharing/diary.hpp"

namespace dunlin::sharing {

/// What one of them asks for, and how it works.
struct crew_member {
  std::string name;  ///< of its kind, and of its stage
  std::string character;
  std::uint32_t percent = 25;  ///< of the device
  std::uint8_t priority = 5;
  milliseconds step{10};    ///< processor time
  std::uint32_t steps = 1;  ///< of one task
  std::uint64_t memory_bytes = 0;
  milliseconds rest{0};  ///< between two tasks
  bool interactive = false;
};

/// In the order of the stages.
[[nodiscard]] const std::array<crew_member, crew_size>& crew();

/// The kinds that serve the crew's tasks, one agent each. They write into `book`, which outlives them.
[[nodiscard]] std::vector<agent_kind> crew_kinds(diary& book);

/// One task of `who`, on a device of `units` cores.
[[nodiscard]] task_spec task_of(const crew_member& who, std::uint32_t units);

}  // namespace dunlin::sharing
