// SPDX-License-Identifier: Apache-2.0
// What the transitions of the task table have in common: finding rows, moving them between states, and writing down
// what changed. The transitions themselves are in the files beside this one, by what causes them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/scheduling/slot_set.hpp"
#include "coordination/tasks/shape_table.hpp"
#include "coordination/tasks/table/dependency_graph.hpp"
#include "coordination/tasks/table/owner_table.hpp"
#include "coordination/tasks/table/retry_backoff.hpp"
#include "coordination/tasks/table/row_clocks.hpp"
#include "coordination/tasks/table/slot_index.hpp"
#include "coordination/tasks/table/task_slab.hpp"
#include "coordination/tasks/task_table.hpp"

namespace dunlin {

/// How a task ends.
struct task_end {
  task_state state = task_state::succeeded;
  transition what = transition::succeed;
  errc code = errc::none;
  std::string why;
};

class table_core {
 public:
  table_core(task_table_config with, std::uint64_t seed, std::uint32_t leader_term)
      : config(with), term(leader_term), ids_made(seed), jitter(seed ^ 0x5deece66dULL) {}
  table_core(const table_core&) = delete;
  table_core& operator=(const table_core&) = delete;

  // -- finding
  [[nodiscard]] std::uint32_t find(const task_id& id) const;
  [[nodiscard]] std::uint32_t find_key(std::string_view key) const;

  /// Returns the row if `owner` holds it with this epoch, else null.
  task_row* held_row(std::uint32_t owner, const task_epoch& task);

  /// Returns the name of a task, or its id where it has none.
  [[nodiscard]] std::string name_of(std::uint32_t index) const;

  // -- rows
  /// Adds a pending row under `id`.
  std::uint32_t add(const task_id& id);

  /// Fills what a specification says; the payload is copied.
  void describe(std::uint32_t index, const task_spec& spec, std::vector<task_id> dependencies);

  /// Takes a row out of every index and frees it.
  void remove(std::uint32_t index);
  void set_state(task_row& row, task_state state);

  /// Makes a granted row the task of another owner.
  void set_owner(task_row& row, std::uint32_t owner);
  void set_variant(task_row& row, std::uint8_t variant);
  void set_payload(task_row& row, bytes_view raw);

  /// Makes the row known by its idempotency key. `content` is the hash of what was submitted with it.
  void set_key(std::uint32_t index, std::string_view key, std::uint64_t content);
  [[nodiscard]] task_status_view view(std::uint32_t index) const;

  // -- writing
  [[nodiscard]] task_status status_of(const task_row& row) const;

  /// Fills an empty status.
  void fill(task_status& status, const task_row& row) const;

  /// Appends the row's status as it is now.
  task_status& write(const task_row& row, transition what, instant at, transaction& commit) const;

  // -- moving
  /// Starts the clock of the user's deadline if there is one.
  void arm_deadline(std::uint32_t index, instant at);

  /// A pending row is announced as ready, or starts to wait for its time or its dependencies.
  void settle_pending(std::uint32_t index, instant at);

  /// Gives a granted row a whole lease from now on.
  void start_lease(std::uint32_t index, instant at);

  /// T7: a granted row waits before it is tried again.
  void back_off(std::uint32_t index, duration delay, task_outcome& outcome, instant at, transaction& commit);

  /// T17's guard. Errors: conflict, overloaded.
  [[nodiscard]] result<void> check_requeue(std::uint32_t index, const task_record& stored, instant at) const;

  /// Takes a granted row back: PENDING, or CANCELLED if that was asked for.
  void take_back(std::uint32_t index, transition what, errc code, std::string why, instant at, transaction& commit);

  /// T6 of one row, T9 when it was once too often.
  void lose_lease(std::uint32_t index, bool crashed, errc code, std::string why, instant at, transaction& commit);

  /// Ends a row and settles its dependents, theirs included.
  void end(std::uint32_t index, task_end how, instant at, transaction& commit, task_outcome* outcome = nullptr);

  /// Makes a pending row wait for its unfinished dependencies. Returns one that ended without success, or `no_row`; the
  /// row then waits for ever. `once`: some may be linked already.
  std::uint32_t link_dependencies(std::uint32_t index, bool once);

  /// The next tick fails the row because of a dependency.
  void doom(std::uint32_t index, instant at);

  /// Ends a row whose dependency ended without success.
  void fail_dependent(std::uint32_t index, instant at, transaction& commit);

  /// Ends the rows in `doomed`.
  void fail_doomed(instant at, transaction& commit);

  /// Forgets the ended task that is next to be forgotten, here and in the store.
  void forget_oldest(transaction& commit);

  task_table_config config;
  std::uint32_t term;
  task_id_source ids_made;
  jitter_source jitter;
  task_slab rows;
  slot_index by_id;
  slot_index by_key;
  shape_table shapes;
  owner_table owners;
  slot_set dependents;  ///< live rows that were submitted with dependencies
  row_clocks clocks{rows};
  dependency_graph graph{rows};
  std::vector<ready_task> ready;
  std::vector<std::uint32_t> restored;  ///< rows that wait for `finish_restore`
  std::vector<task_slot> doomed;        ///< rows that the next tick fails because of a dependency
  time_point doomed_since;
  std::uint64_t payload_bytes = 0;
  std::uint32_t highest_counter = 0;  ///< of any epoch given out
  task_counts counts;
  std::vector<std::uint32_t> scratch;  ///< of one call

 private:
  void count_grant(const task_row& row, bool given);
  void end_row(std::uint32_t index, task_end&& how, instant at, transaction& commit, task_outcome* outcome);
  void release_dependents(std::uint32_t index, instant at);
  void fail_dependents(std::uint32_t index, const std::string& cause, instant at, transaction& commit);
  void shrink(std::uint32_t index);
  void keep_bounds(transaction& commit);
};

/// Names the failed task for the reports of all that depended on it: `task 'a' failed: handler_failed: why`.
std::string describe_root(std::string_view name, const task_end& how);

}  // namespace dunlin
