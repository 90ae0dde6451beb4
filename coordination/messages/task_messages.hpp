// SPDX-License-Identifier: Apache-2.0
// Grants to a node and all that comes back of them.
// Each lists its fields once: CAF's `inspect` and the msgpack form on the link derive from that list.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "coordination/tasks/task_record.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// A grant that a node still holds.
struct task_epoch {
  task_id id;
  fencing_token epoch = 0;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch); }
  friend bool operator==(const task_epoch&, const task_epoch&) = default;
};

/// Most bytes of a payload and a checkpoint together: a grant of both, and its shape, fit into one frame of the link.
inline constexpr std::size_t max_grant_bytes = 240 * 1'024;

/// Most tasks that a node may hold at once, so that its report of them fits into one frame too.
inline constexpr std::size_t max_held_tasks = 4'096;

/// One task, granted to one node. `shape` indexes the shapes of its batch.
struct task_grant {
  task_id id;
  fencing_token epoch = 0;
  std::uint32_t attempt = 0;
  std::uint16_t shape = 0;
  std::uint8_t priority = 5;
  wall_ms deadline = 0;
  bytes payload;
  bytes checkpoint;                             ///< what an earlier attempt saved; may be empty
  std::uint8_t variant = 0;                     ///< which resources are kept for it: see `wish_of`
  std::vector<task_boost> boosts = {};          ///< of its priority, from when this is read on
  std::vector<task_reservation> reserved = {};  ///< of its shape, what is left of it when this is read
  static auto fields(auto& m) {
    return std::tie(m.id, m.epoch, m.attempt, m.shape, m.priority, m.deadline, m.payload, m.checkpoint, m.variant,
                    m.boosts, m.reserved);
  }
};

/// Leader to node: run these. At most 1 024 grants.
struct grant_batch {
  static constexpr const char* wire_name = "grant_batch";
  std::vector<task_shape> shapes;
  std::vector<task_grant> grants;
  static auto fields(auto& m) { return std::tie(m.shapes, m.grants); }
};

/// How one attempt ended. `code` none = succeeded.
struct task_outcome {
  task_id id;
  fencing_token epoch = 0;
  errc code = errc::none;
  bool crashed = false;  ///< the host of the handler died; counts towards poison
  std::string why;
  bytes output;
  task_usage usage;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.code, m.crashed, m.why, m.output, m.usage); }
};

/// Node to leader. At most 1 024 outcomes. The node repeats a batch on every new connection until its receipt comes.
struct outcome_batch {
  static constexpr const char* wire_name = "outcome_batch";
  std::uint64_t sequence = 0;  ///< rises with every batch of a node's life
  std::vector<task_outcome> outcomes;
  static auto fields(auto& m) { return std::tie(m.sequence, m.outcomes); }
};

/// What the leader did with an outcome. Only `recorded` outcomes count; all three end the node's duty to repeat it.
enum class outcome_verdict : std::uint8_t { recorded, discarded, fenced };
constexpr outcome_verdict enum_last(outcome_verdict) noexcept { return outcome_verdict::fenced; }

struct outcome_receipt {
  task_id id;
  fencing_token epoch = 0;
  outcome_verdict verdict = outcome_verdict::recorded;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.verdict); }
  friend bool operator==(const outcome_receipt&, const outcome_receipt&) = default;
};

/// Leader to node: what was recorded; sent after the store has it.
struct receipt_batch {
  static constexpr const char* wire_name = "receipt_batch";
  std::uint64_t sequence = 0;  ///< of the outcome batch
  std::vector<outcome_receipt> receipts;
  static auto fields(auto& m) { return std::tie(m.sequence, m.receipts); }
};

/// What a node chose to run a task with, where the task left it a choice.
struct backend_note {
  task_epoch task;
  std::uint8_t variant = 0;  ///< which resources it takes: see `wish_of`
  device_use chosen;         ///< without what it uses
  static auto fields(auto& m) { return std::tie(m.task, m.variant, m.chosen); }
  friend bool operator==(const backend_note&, const backend_note&) = default;
};

/// Node to leader: these handlers have started, and with what.
struct start_batch {
  static constexpr const char* wire_name = "start_batch";
  std::vector<task_epoch> started;
  std::vector<backend_note> chosen = {};
  static auto fields(auto& m) { return std::tie(m.started, m.chosen); }
};

struct progress_item {
  task_id id;
  fencing_token epoch = 0;
  task_progress progress;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.progress); }
};

/// Node to leader: newest progress only, at most every 100 ms a task.
struct progress_batch {
  static constexpr const char* wire_name = "progress_batch";
  std::vector<progress_item> items;
  static auto fields(auto& m) { return std::tie(m.items); }
};

struct checkpoint_item {
  task_id id;
  fencing_token epoch = 0;
  bytes state;  ///< at most 192 KiB
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.state); }
};

/// Node to leader: newest checkpoints, kept for the next attempt.
struct checkpoint_batch {
  static constexpr const char* wire_name = "checkpoint_batch";
  std::vector<checkpoint_item> items;
  static auto fields(auto& m) { return std::tie(m.items); }
};

/// Node to leader, every 5 s: keeps the leases of its tasks alive.
struct lease_renewal {
  static constexpr const char* wire_name = "lease_renewal";
  std::uint64_t sequence = 0;
  std::vector<task_epoch> held;
  static auto fields(auto& m) { return std::tie(m.sequence, m.held); }
};

/// Leader to node: every named lease lives `remaining` longer, except the fenced ones.
struct lease_renewed {
  static constexpr const char* wire_name = "lease_renewed";
  std::uint64_t sequence = 0;
  milliseconds remaining{0};
  std::vector<task_epoch> fenced;
  static auto fields(auto& m) { return std::tie(m.sequence, m.remaining, m.fenced); }
};

/// Leader to node: stop this task, whatever it does.
struct cancel_order {
  static constexpr const char* wire_name = "cancel_order";
  task_epoch task;
  errc why = errc::cancelled;  ///< cancelled, expired or fenced_off
  static auto fields(auto& m) { return std::tie(m.task, m.why); }
};

/// Leader to node: the task goes by this priority from now on, since one with it waits for a lock that the task holds.
struct priority_order {
  static constexpr const char* wire_name = "priority_order";
  task_epoch task;
  std::uint8_t priority = 5;  ///< 1-10
  static auto fields(auto& m) { return std::tie(m.task, m.priority); }
};

/// Node to leader: these were granted here but not started, take them back (drain).
struct return_batch {
  static constexpr const char* wire_name = "return_batch";
  std::vector<task_epoch> tasks;
  static auto fields(auto& m) { return std::tie(m.tasks); }
};

}  // namespace dunlin
