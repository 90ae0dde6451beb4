// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "coordination/boxed.hpp"
#include "coordination/sharing/contract/share_contract.hpp"
#include "coordination/tasks/task_spec.hpp"
#include "coordination/tasks/task_state.hpp"

namespace dunlin {

/// How far a handler says it is.
struct task_progress {
  std::uint8_t percent = 0;  ///< 0-100
  std::string message;
  std::uint64_t items_done = 0;
  std::uint64_t items_total = 0;  ///< 0 = unknown
  static auto fields(auto& m) { return std::tie(m.percent, m.message, m.items_done, m.items_total); }
  friend bool operator==(const task_progress&, const task_progress&) = default;
};

/// What an attempt used of a device that it had a share of, or that was chosen for it.
struct device_use {
  std::string backend;  ///< what ran it: `simd`, `scalar`, or kind and number of its device, as `cuda:1`
  std::string because;  ///< why that one, and what was held against each other; empty if there was no choice
  bool is_gpu = false;
  std::uint64_t kernel_ns = 0;  ///< how long its steps kept the device busy
  exactness kernel_is = exactness::unmeasured;
  static auto fields(auto& m) { return std::tie(m.backend, m.because, m.is_gpu, m.kernel_ns, m.kernel_is); }
  friend bool operator==(const device_use&, const device_use&) = default;
};

/// What one attempt used, measured by the node that ran it.
struct task_usage {
  std::uint64_t queue_ns = 0;           ///< from the grant's arrival on the node to the start of the handler
  std::uint64_t run_ns = 0;             ///< wall time of the handler
  std::uint64_t cpu_ns = 0;             ///< CPU time of the thread or process that ran it; 0 where not measured
  std::uint64_t peak_bytes = 0;         ///< of the task's memory resource; 0 where not measured
  std::vector<device_use> device = {};  ///< at most one
  static auto fields(auto& m) { return std::tie(m.queue_ns, m.run_ns, m.cpu_ns, m.peak_bytes, m.device); }
  friend bool operator==(const task_usage&, const task_usage&) = default;
};

/// The part of a stored task that changes.
struct task_status {
  task_state state = task_state::pending;
  pending_reason reason = pending_reason::none;
  std::uint32_t attempt = 0;  ///< rises with every grant
  fencing_token epoch = 0;    ///< of the newest grant
  std::string owner;          ///< node of the newest grant
  incarnation owner_incarnation;
  wall_ms not_before = 0;  ///< end of the backoff
  std::uint32_t fail_count = 0;
  std::uint32_t crash_count = 0;
  bool cancel_requested = false;
  wall_ms started = 0;     ///< of the newest attempt; 0 = not yet
  wall_ms finished = 0;    ///< 0 = not yet
  errc code = errc::none;  ///< why it failed
  std::string why;         ///< who, where, signal, last lines; in words
  bytes output;            ///< the recorded result
  task_usage usage;
  static auto fields(auto& m) {
    return std::tie(m.state, m.reason, m.attempt, m.epoch, m.owner, m.owner_incarnation, m.not_before, m.fail_count,
                    m.crash_count, m.cancel_requested, m.started, m.finished, m.code, m.why, m.output, m.usage);
  }
  friend bool operator==(const task_status&, const task_status&) = default;
};

/// A task as the store keeps it.
struct task_record {
  task_id id;
  task_spec spec;
  std::vector<task_id> dependencies;  ///< `spec.depends_on`, resolved
  wall_ms submitted = 0;
  task_status status;
  task_progress progress;
  bytes checkpoint;  ///< what the handler saved last
  static auto fields(auto& m) {
    return std::tie(m.id, m.spec, m.dependencies, m.submitted, m.status, m.progress, m.checkpoint);
  }
  friend bool operator==(const task_record&, const task_record&) = default;
};

/// One step of a task's history.
struct task_event {
  task_id id;
  std::uint64_t sequence = 0;  ///< rises within one store
  wall_ms at = 0;
  transition what = transition::submit;
  task_state state = task_state::pending;
  std::uint32_t attempt = 0;
  fencing_token epoch = 0;
  std::string owner;
  std::string note;
  static auto fields(auto& m) {
    return std::tie(m.id, m.sequence, m.at, m.what, m.state, m.attempt, m.epoch, m.owner, m.note);
  }
  friend bool operator==(const task_event&, const task_event&) = default;
};

/// Inserts a new task (T1).
struct insert_task {
  boxed<task_record> record;  // or every write would be as large as a whole task
};

/// Replaces the changing part of a task. Refused by the store (`stale_term`) if a newer leader term is recorded.
struct update_task {
  task_id id;
  transition what = transition::submit;
  wall_ms at = 0;
  task_status status;
};

/// Replaces the progress of a task; its loss is harmless.
struct update_progress {
  task_id id;
  task_progress progress;
};

/// Keeps what a handler saved for its next attempt; its loss is harmless.
struct update_checkpoint {
  task_id id;
  bytes state;
};

/// Forgets a terminal task and its history.
struct erase_task {
  task_id id;
};

using task_write = std::variant<insert_task, update_task, update_progress, erase_task, update_checkpoint>;

/// Returns the task that is written about.
inline const task_id& id_of(const task_write& write) noexcept {
  return std::visit(
      [](const auto& one) -> const task_id& {
        if constexpr (requires { one.record; })
          return one.record->id;
        else
          return one.id;
      },
      write);
}

/// Writes that become durable together or not at all.
struct transaction {
  std::uint32_t leader_term = 0;
  std::vector<task_write> writes;
};

/// The answer to one submitted spec.
struct submit_answer {
  task_id id;
  bool existed = false;  ///< the idempotency key was known
};

/// Which tasks a query means. Empty fields match everything.
struct task_filter {
  std::vector<task_state> states;
  std::string kind;
  std::string name;
  wall_ms finished_before = 0;  ///< 0 = any; else only terminal tasks that ended earlier
  task_id after;                ///< only ids greater than this one (paging)
  std::uint32_t limit = 100;    ///< 1-1 000
};

}  // namespace dunlin
