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

/// True if the record is what the filter means; `after` and `limit` are the caller's.
inline bool matches(const task_filter& filter, const task_record& record) {
  const auto& status = record.status;
  bool wanted = filter.states.empty();
  for (const auto state : filter.states) wanted |= state == status.state;
  return wanted && (filter.kind.empty() || filter.kind == record.spec.shape.kind) &&
         (filter.name.empty() || filter.name == record.spec.name) &&
         (filter.finished_before == 0 || (status.finished != 0 && status.finished < filter.finished_before));
}

}  // namespace dunlin
