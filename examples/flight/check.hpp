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
  std::vector<std::string> facts;  ///< the figures, beside what is asked of them
};

/// Judges every answer: each task of the plan must be among `ended` (by name) and have succeeded, and each kind's
/// figures must reach what README.md promises. What theory says is worked out here once more, and cited documents are
/// read again: no agent is believed. Of a record, `spec.name` and `status` count. Returns one entry for each of the
/// four kinds.
std::vector<quality> check_answers(const std::vector<task_spec>& plan, const std::vector<task_record>& ended);

}  // namespace dunlin::flight
