// SPDX-License-Identifier: Apache-2.0
// Locks on named resources, such as a model or a data set: each is an exclusive lease on its name. A task asks once for
// all the names it needs and holds all of them or none, so nobody waits for a lock while it holds another and no
// deadlock can be. Those that wait stand in one order, `since - priority × aging_step`, at each of their names; a task
// takes its locks when it is the first at all of them and all are free.
//
// Invariants: a name has at most one holder; a task that waits holds nothing; the first of all that wait has nobody but
// holders in its way. Starvation bound: a task of priority p takes its locks before every task that asks for one of
// them (10 - p) × aging_step later. A free name may stay free while the first in line waits for another one: that is
// the price of the bound.
//
// Priority inheritance: a holder goes by the highest priority of those that wait for it, directly or behind the first
// in line. What was lent stays until the locks are given back.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "coordination/export.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// What a task asks for.
struct lock_wish {
  task_id task;
  std::vector<std::string> names;  ///< not empty, each once
  std::uint8_t priority = 5;       ///< 1-10
  time_point since{};              ///< when it became ready
};

/// The task holds all its locks from now on.
struct locks_taken {
  task_id task;
};

/// The holder goes by this priority from now on; it is higher than before.
struct lock_lent {
  task_id task;
  std::uint8_t priority = 5;
};

using lock_effect = std::variant<locks_taken, lock_lent>;
using lock_effects = std::vector<lock_effect>;

/// One name that somebody holds or waits for.
struct lock_state {
  std::string name;
  task_id holder;      ///< zero = free: the first in line waits for another name as well
  time_point since{};  ///< when it was taken; only with a holder
  task_id next;        ///< the first in line; zero = nobody
  std::size_t waiting = 0;
};

/// Why a task has not got one of its names.
struct lock_obstacle {
  std::string name;
  task_id who;         ///< its holder, or who is before it in line
  bool holds = false;  ///< false: the name is free, but `who` comes first
};

/// Every lock of a swarm. A task stands in it at most once, so it is as bounded as its source. O(names × log tasks) per
/// call. Thread: the owner's.
class DUNLIN_EXPORT lock_table {
 public:
  /// `aging_step`: how long a task must wait to gain one step of priority; > 0.
  explicit lock_table(duration aging_step) noexcept : aging_step_(aging_step) {}

  /// Takes the locks, or queues the task; does nothing for one that stands here already.
  void request(lock_wish&& wish, time_point now, lock_effects& out);

  /// The task holds these locks, whatever was decided here: it works already. Who had been given one of them and does
  /// not work yet waits again.
  void seize(lock_wish&& wish, time_point now, lock_effects& out);

  /// The holder works from now on.
  void on_placed(const task_id& task) noexcept;

  /// The holder was told to stop; until it is known that it has, at `until` the latest, its locks stay taken.
  void on_stopping(const task_id& task, time_point until);

  /// The task has ended, or gives up waiting.
  void release(const task_id& task, time_point now, lock_effects& out);

  /// Frees the locks of those that must have stopped by now.
  void tick(time_point now, lock_effects& out);

  [[nodiscard]] bool empty() const noexcept { return tasks_.empty(); }
  [[nodiscard]] bool holds(const task_id& task) const noexcept;
  [[nodiscard]] bool waits(const task_id& task) const noexcept;
  [[nodiscard]] bool works(const task_id& task) const noexcept;
  [[nodiscard]] bool is_stopping(const task_id& task) const noexcept;

  /// Returns what the holder goes by: its own priority, or a higher one that was lent to it; 0 for a stranger.
  [[nodiscard]] std::uint8_t priority_of(const task_id& task) const noexcept;

  /// Returns when it became ready, as it said; the epoch for a stranger.
  [[nodiscard]] time_point since_of(const task_id& task) const noexcept;

  /// Returns what is in the way of a task that waits, in the order of the names.
  [[nodiscard]] std::vector<lock_obstacle> in_the_way_of(const task_id& task) const;

  /// Returns every name that somebody holds or waits for, in their order.
  [[nodiscard]] std::vector<lock_state> list() const;
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

 private:
  using order_key = std::pair<time_point, std::uint64_t>;
  using name_path = std::vector<const std::string*>;

  struct claim {
    lock_wish wish;
    order_key key;
    std::uint8_t priority = 5;  ///< with what was lent
    bool holds = false;
    bool works = false;
    std::optional<time_point> stops_by;
  };

  struct named_lock {
    task_id holder;
    time_point since{};
    std::map<order_key, task_id> line;
    std::array<std::uint32_t, 11> of_priority{};  ///< how many wait, by their own priority
  };

  [[nodiscard]] const claim* find(const task_id& task) const noexcept;
  claim& add(lock_wish&& wish);
  void enter_lines(const claim& who);
  void leave_lines(const claim& who);
  [[nodiscard]] bool may_take(const claim& who) const;
  void take(claim& who, time_point now, lock_effects& out);
  void give_up(claim& who);
  void go_on(claim& who);
  void serve(const std::vector<std::string>& names, time_point now, lock_effects& out);
  void lend(const claim& from, std::uint8_t priority, name_path& seen, lock_effects& out);
  void raise(const task_id& holder, std::uint8_t priority, lock_effects& out);
  void inherit(claim& holder, lock_effects& out);

  duration aging_step_;
  std::uint64_t arrivals_ = 0;
  std::size_t waiting_ = 0;
  std::map<std::string, named_lock> locks_;
  std::unordered_map<task_id, claim> tasks_;
  std::set<std::pair<time_point, task_id>> stopping_;
};

}  // namespace dunlin
