// SPDX-License-Identifier: Apache-2.0
// The truth about every task, in memory. Each method is one or more transitions of the specification (T1 to T17): it
// changes the table, appends what must become durable to a transaction, and returns what the caller does after that
// transaction is acknowledged. If it is not, `on_commit_failed` takes the table back to what is stored.
//
// Invariants:
//  - Epochs of a task strictly rise: (leader term << 32) | counter. Only the newest epoch's result is recorded, once.
//  - A terminal task stays as it ended until an operator revives it, or it is erased.
//  - What the writes say, replayed in order, is what the table says; only pending reasons and lease clocks are not
//    stored, since they follow from the rest.
// Source: specification of delivery semantics, transitions T1 to T14; T15 to T17 are named in `transition`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/export.hpp"
#include "coordination/messages.hpp"
#include "coordination/result.hpp"
#include "coordination/tasks/resource_sum.hpp"
#include "coordination/tasks/shape_table.hpp"
#include "coordination/tasks/task_record.hpp"
#include "coordination/tasks/task_slot.hpp"
#include "coordination/types.hpp"

namespace dunlin {

class table_core;

struct task_table_config {
  std::uint32_t max_live_tasks = 1'000'000;                  ///< a batch that would exceed it is refused whole
  std::uint32_t max_terminal_tasks = 1'000'000;              ///< the oldest ended task beyond it is erased
  std::uint64_t max_payload_bytes = std::uint64_t{4} << 30;  ///< of all live tasks; a batch beyond it is refused whole
  duration lease = 15s;                                      ///< how long a renewal keeps a grant
  duration grace = 2s;             ///< how much longer the table waits before it gives the task away
  duration adoption_window = 15s;  ///< how long restored grants wait for their nodes to report
  std::uint32_t crash_limit = 5;   ///< crashes after which a task is dead
  duration terminal_memory = 24h;  ///< an ended task older than this is erased
};

/// Now, on both clocks. Decisions use `now`; `wall` is for what users gave or read.
struct instant {
  time_point now;
  wall_ms wall = 0;
};

/// A node in one of its lives. 0 = none.
using owner_slot = std::uint32_t;
inline constexpr owner_slot no_owner = 0;

/// A task that may be placed now.
struct ready_task {
  task_slot slot;
  shape_id shape = 0;
  std::uint8_t priority = 5;  ///< with the boosts in force
  time_point since;           ///< when it became ready
  bool locked = false;        ///< it needs locks first: see `locks_of`
};

/// Who holds a task now.
struct grant_holder {
  owner_slot owner = no_owner;
  task_epoch task;
};

/// What an owner has to stop.
struct stop_order {
  owner_slot owner = no_owner;
  task_epoch task;
  errc why = errc::expired;
};

/// What a cancel did. `stop` is set if the task was granted: its owner has to be told.
struct cancel_result {
  task_state state = task_state::cancelled;
  std::optional<task_epoch> stop;
  owner_slot owner = no_owner;
};

/// A task as the table sees it. Of an ended task only what later answers need is kept; the store has the rest.
struct task_status_view {
  task_id id;
  task_slot slot;
  shape_id shape = 0;  ///< meaningless once the task has ended
  std::string name;    ///< empty once the task has ended
  std::uint8_t priority = 5;
  task_state state = task_state::pending;
  pending_reason reason = pending_reason::none;
  std::uint32_t attempt = 0;
  fencing_token epoch = 0;
  owner_slot owner = no_owner;  ///< of the newest grant
  std::uint32_t fail_count = 0;
  std::uint32_t crash_count = 0;
  bool cancel_requested = false;
  wall_ms submitted = 0;
  wall_ms not_before = 0;  ///< end of the backoff, or the time the user asked for
  wall_ms deadline = 0;
  wall_ms started = 0;
  wall_ms finished = 0;
  errc code = errc::none;  ///< of the last failure
  std::string why;         ///< of the last failure; empty once the task has ended
  task_progress progress;
  std::vector<device_use> device;      ///< what runs it, where it had a choice: at most one
  std::vector<std::string> waits_for;  ///< unfinished dependencies: their names, or ids where they have none
};

/// What the table holds and what it refused.
struct task_counts {
  std::array<std::uint64_t, 9> by_state{};  ///< indexed by `task_state`
  std::uint64_t live = 0;                   ///< not terminal
  std::uint64_t terminal = 0;               ///< ended and not yet erased
  std::uint64_t fenced = 0;                 ///< outcomes of an older epoch that were refused (T5c)
  std::uint64_t discarded = 0;              ///< outcomes that came after the end
  std::uint64_t lease_losses = 0;           ///< T6
  std::uint64_t adopted = 0;                ///< T13
};

/// Every task of a cluster. Thread: one caller.
class DUNLIN_EXPORT task_table {
 public:
  /// `seed` feeds task ids and the jitter of backoffs; it must differ between leaders. `term` is this leader's.
  explicit task_table(task_table_config config, std::uint64_t seed, std::uint32_t term);
  ~task_table();
  task_table(task_table&&) noexcept;
  task_table& operator=(task_table&&) noexcept;

  // -- owners

  /// Returns the slot of this life of a node: always the same one for equal arguments.
  owner_slot intern_owner(std::string node, incarnation life);

  /// The node has joined, or joined again after it was down: it is neither gone nor draining, until it says so.
  void on_owner_joined(owner_slot owner);

  /// The node is known dead. `reaped`: nothing of it runs any more, so its tasks are requeued at once (T6). Otherwise
  /// its renewals are refused from now on, until it reports again (`on_adopt`), and the lease clock decides.
  void on_owner_gone(owner_slot owner, bool reaped, instant at, transaction& commit);

  /// The node leaves politely: what it stops from now on is not a crash.
  void on_owner_draining(owner_slot owner);

  /// Returns the name of the node. `owner` is not `no_owner`.
  [[nodiscard]] const std::string& owner_node(owner_slot owner) const;
  [[nodiscard]] incarnation owner_life(owner_slot owner) const;

  /// Returns how many tasks are leased to the node or run there.
  [[nodiscard]] std::uint32_t granted(owner_slot owner) const noexcept;

  /// Returns what these tasks asked for together.
  [[nodiscard]] const resource_sum& in_use(owner_slot owner) const noexcept;

  // -- a task's life

  /// T1, T1b: all or nothing; answers in the order of the batch. Errors: those of `validate_batch`; duplicate_key
  /// (known with another content), unknown_dependency, dependency_failed (depends on a task that ended without
  /// success), expired (deadline already passed), overloaded.
  result<std::vector<submit_answer>> on_submit(std::vector<task_spec>&& batch, instant at, transaction& commit);

  /// Returns the tasks that became ready to be placed since the last `clear_newly_ready`. A task may since have
  /// changed: `is_ready` tells.
  [[nodiscard]] std::span<const ready_task> newly_ready() const noexcept;
  void clear_newly_ready() noexcept;

  /// Returns whether the task may be placed: pending, dependencies succeeded, its time reached.
  [[nodiscard]] bool is_ready(task_slot slot) const noexcept;

  /// Returns the priority in force of a task that is known, with its boosts.
  [[nodiscard]] std::uint8_t priority(task_slot slot, instant at) const;

  /// Notes why a ready task is not placed (`capacity`, `no_node`), for readers only.
  void note_waiting(task_slot slot, pending_reason why) noexcept;

  /// T2. Returns the message for the owner, with a copy of the payload; `shape` in it is left to the caller.
  /// `variant`: the resources that are kept for it, see `wish_of`.
  /// Errors: conflict (not ready any more, or the owner is gone or draining).
  result<task_grant> on_grant(task_slot slot, owner_slot owner, instant at, transaction& commit,
                              std::uint8_t variant = 0);

  /// T3. A start of another epoch or owner is ignored.
  void on_start(owner_slot owner, const task_epoch& task, instant at, transaction& commit);

  /// What the owner runs the task with: from now on it takes that variant's resources. Ignored as a start is. Returns
  /// whether it takes others than before.
  bool on_chosen(owner_slot owner, const backend_note& note);

  /// T4. Appends to `fenced` what the owner must stop because it does not hold it.
  void on_renew(owner_slot owner, std::span<const task_epoch> held, instant at, std::vector<task_epoch>& fenced);

  /// T5, T5b, T5c, T7, T8, T9, the end of T11. The epoch alone decides, not the owner: a node that was restarted
  /// repeats the results of its former life. A crash is T6 of one task, and so is a stop because its lease
  /// could not be renewed (`lease_expired`, `fenced_off`). A success after a lost lease counts as long as
  /// there is no newer grant; a late failure does not.
  outcome_verdict on_outcome(owner_slot owner, task_outcome&& outcome, instant at, transaction& commit);

  /// Keeps the newest progress. Ignored unless epoch and owner are current. Implies T3.
  void on_progress(owner_slot owner, const progress_item& item, instant at, transaction& commit);

  /// Keeps what the handler saved for its next attempt. Ignored unless epoch and owner are current, and if it is larger
  /// than 192 KiB or, together with the payload, than `max_grant_bytes`. Implies T3.
  void on_checkpoint(owner_slot owner, checkpoint_item&& item, instant at, transaction& commit);

  /// T14: the owner gives the task back unfinished.
  void on_returned(owner_slot owner, const task_epoch& task, instant at, transaction& commit);

  /// T10, T11. Repeating it on a granted task returns the same stop again. Errors: not_found, conflict (already ended).
  result<cancel_result> on_cancel(task_id id, instant at, transaction& commit);

  /// Lost leases (T6), deadlines (T12), ended backoffs (T15), reached times, forgetting of old ended tasks. Appends
  /// what owners must stop. Does a bounded number of steps; `next_deadline` is then in the past.
  void on_tick(instant at, transaction& commit, std::vector<stop_order>& stop);

  /// Returns when `on_tick` has something to do next.
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// T17: an operator revives a failed or dead task with fresh counters. `stored` is what the store has of it: the
  /// table keeps no payload of ended tasks. Errors: not_found, conflict (not failed or dead, its deadline has passed, a
  /// dependency did not succeed, or `stored` is outdated), overloaded.
  result<void> on_requeue(task_record&& stored, instant at, transaction& commit);

  /// Forgets an ended task. Errors: not_found, conflict (it has not ended).
  result<void> on_erase(task_id id, transaction& commit);

  // -- recovery

  /// Takes a stored task, in any order. Errors: conflict (known already), stale_term (of a newer leader).
  result<void> restore(task_record&& stored, instant at);

  /// Ends the recovery: links dependencies; leased and running tasks wait for their nodes until the adoption window
  /// ends, then T6.
  void finish_restore(instant at, transaction& commit);

  /// T13: a node reports what it holds. Appends to `fenced` what it must stop.
  void on_adopt(owner_slot owner, std::span<const task_epoch> held, instant at, std::vector<task_epoch>& fenced);

  /// T6 of the grants that got lost on their way: leased to a node that has just reported and does not hold them. What
  /// is running is left to its lease: the node says how it ended.
  void on_not_held(owner_slot owner, std::span<const task_epoch> held, instant at, transaction& commit);

  /// Takes `touched` back to what is stored; those not among `stored` are forgotten. Epochs are not used again.
  void on_commit_failed(std::span<const task_id> touched, std::vector<task_record>&& stored, instant at);

  // -- reading

  [[nodiscard]] std::optional<task_status_view> find(const task_id& id) const;
  [[nodiscard]] std::optional<task_slot> slot_of(const task_id& id) const noexcept;

  /// Returns whether a known task was submitted with this idempotency key; never for an empty one.
  [[nodiscard]] bool knows_key(std::string_view key) const;

  /// Returns the id in `slot`, or none if the slot is used by another task now.
  [[nodiscard]] task_id id_of(task_slot slot) const noexcept;

  /// Returns the locks that a task names that has not ended.
  [[nodiscard]] std::span<const std::string> locks_of(task_slot slot) const noexcept;

  /// Returns the granted tasks that name locks, by rising id: they hold them.
  [[nodiscard]] std::vector<task_slot> granted_with_locks() const;

  /// Returns whether the task is granted, and to whom.
  [[nodiscard]] std::optional<grant_holder> holder_of(const task_id& id) const noexcept;
  [[nodiscard]] const task_counts& counts() const noexcept;
  [[nodiscard]] std::uint64_t live() const noexcept { return counts().live; }
  [[nodiscard]] std::uint32_t term() const noexcept;

  /// Returns the distinct shapes. The owner of a cache by `shape_id` calls `clear_retired` on it.
  [[nodiscard]] shape_table& shapes() noexcept;
  [[nodiscard]] const shape_table& shapes() const noexcept;

 private:
  std::unique_ptr<table_core> core_;
};

}  // namespace dunlin
