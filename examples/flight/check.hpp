// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "coordination/tasks/task_record.hpp"

namespace dunlin::flight {

/// What the answers of one kind are worth.
struct quality {
  std::string kind;
  bool holds = false;
  std::string line;  ///< the figures, beside what is asked of them
};

/// Judges every answer: each task must have succeeded, and each kind's figures must reach what the README promises.
std::vector<quality> check_answers(const std::vector<task_record>& tasks);

}  // namespace dunlin::flight
