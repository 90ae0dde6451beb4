// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/table/table_core.hpp"

namespace dunlin {

task_status_view table_core::view(std::uint32_t index) const {
  const auto& row = rows[index];
  task_status_view out;
  out.id = row.id;
  out.slot = rows.slot_of(index);
  out.shape = row.shape;
  out.priority = row.priority;
  out.state = row.state;
  out.reason = row.state == task_state::pending ? row.reason : pending_reason::none;
  out.attempt = row.attempt;
  out.epoch = row.epoch;
  out.owner = row.owner;
  out.fail_count = row.fail_count;
  out.crash_count = row.crash_count;
  out.cancel_requested = row.cancel_requested;
  out.submitted = row.submitted;
  out.not_before = row.not_before;
  out.deadline = row.deadline;
  out.started = row.started;
  out.finished = row.finished;
  out.code = row.code;
  if (!row.extras) return out;
  out.name = row.extras->name;
  out.why = row.extras->why;
  out.progress = row.extras->progress;
  out.device = row.extras->usage.device;
  for (const auto& id : row.extras->dependencies) {
    const auto dependency = find(id);
    if (dependency != no_row && rows[dependency].state != task_state::succeeded)
      out.waits_for.push_back(name_of(dependency));
  }
  return out;
}

}  // namespace dunlin
