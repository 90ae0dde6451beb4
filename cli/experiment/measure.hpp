// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "actors/agent.hpp"
#include "coordination/tasks/task_spec.hpp"

namespace dunlin::cli {

/// Starts a swarm of one node with `workers` workers and a store in memory, runs `count` copies of `task` and ends it.
/// Returns the seconds from the submission to the last result, after one task for each worker that is not counted.
/// Errors: those of a start or a submission; handler_failed or the task's own code if a task does not succeed; timeout
/// (ten minutes).
[[nodiscard]] result<double> measure_swarm(std::uint32_t workers, std::uint32_t count, const task_spec& task,
                                           const std::vector<agent_kind>& kinds);

}  // namespace dunlin::cli
