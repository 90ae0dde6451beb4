// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// Returns the event of a task's submission.
inline task_event event_of(const insert_task& write, std::uint64_t sequence) {
  const auto& record = *write.record;
  return {record.id, sequence, record.submitted, transition::submit, record.status.state, 0, 0, {}, {}};
}

/// Returns the event of a change.
inline task_event event_of(const update_task& write, std::uint64_t sequence) {
  const auto& status = write.status;
  return {write.id,       sequence,     write.at,     write.what, status.state,
          status.attempt, status.epoch, status.owner, status.why};
}

}  // namespace dunlin
