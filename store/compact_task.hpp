// SPDX-License-Identifier: Apache-2.0
// How the memory store keeps a task: what every task has lies in a row, what few have in a block beside it, and what
// many share (shapes, owners) is kept once. A whole `task_record` with its history takes four times as much.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coordination/tasks/shape_table.hpp"
#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// A step of a task's history without its texts.
struct compact_event {
  std::uint64_t sequence = 0;
  wall_ms at = 0;
  fencing_token epoch = 0;
  std::uint32_t attempt = 0;
  std::uint32_t owner = 0;
  transition what = transition::submit;
  task_state state = task_state::pending;
};

/// What most tasks do without.
struct rare_fields {
  std::string name;
  std::vector<std::string> depends_on;
  wall_ms wanted_not_before = 0;  ///< of the specification
  wall_ms deadline = 0;
  std::string idempotency_key;
  std::vector<label> labels;
  std::vector<std::string> locks;
  std::vector<task_boost> boosts;
  std::vector<task_id> dependencies;
  wall_ms not_before = 0;  ///< end of the backoff
  std::uint32_t fail_count = 0;
  std::uint32_t crash_count = 0;
  bool cancel_requested = false;
  std::string why;
  task_progress progress;
  bytes checkpoint;
  std::vector<compact_event> later_events;                   ///< those that do not fit into the row
  std::vector<std::pair<std::uint64_t, std::string>> notes;  ///< of events, by sequence
};

struct compact_task {
  static constexpr std::size_t row_events = 3;  ///< submitted, granted, ended

  task_id id;  ///< zero: the row is free
  wall_ms submitted = 0;
  wall_ms started = 0;
  wall_ms finished = 0;
  fencing_token epoch = 0;
  bytes payload;
  bytes output;
  task_usage usage;
  incarnation owner_life;
  shape_id shape = 0;
  std::uint32_t owner = 0;
  std::uint32_t attempt = 0;
  task_state state = task_state::pending;
  pending_reason reason = pending_reason::none;
  errc code = errc::none;
  std::uint8_t priority = 5;
  std::uint8_t event_count = 0;  ///< in the row
  bool gone = false;             ///< erased; the row is used again later
  std::array<compact_event, row_events> events;
  std::unique_ptr<rare_fields> rare;

  rare_fields& more() {
    if (!rare) rare = std::make_unique<rare_fields>();
    return *rare;
  }
};

/// What compact tasks share, and the way from and to whole records. Thread: the owner's.
class task_compactor {
 public:
  /// Fills an empty row.
  void keep(compact_task& row, task_record&& record);
  void set_status(compact_task& row, task_status&& status);
  void add_event(compact_task& row, const task_event& event);

  /// Empties the row, but for its id.
  void drop(compact_task& row);

  [[nodiscard]] task_record record_of(const compact_task& row) const;

  /// Returns the record without payload, output and checkpoint.
  [[nodiscard]] task_record outline_of(const compact_task& row) const;

  /// Returns the history after `sequence`, at most `limit` steps.
  [[nodiscard]] std::vector<task_event> events_of(const compact_task& row, std::uint64_t after,
                                                  std::uint32_t limit) const;

  /// True if the row is what the filter means; `after` and `limit` are the caller's.
  [[nodiscard]] bool matches(const task_filter& filter, const compact_task& row) const;

 private:
  std::uint32_t intern_owner(const std::string& name);
  [[nodiscard]] task_event event_of(const compact_task& row, const compact_event& event) const;

  shape_table shapes_;
  std::vector<std::string> owners_{std::string{}};
  std::uint32_t last_owner_ = 0;
};

}  // namespace dunlin
