// SPDX-License-Identifier: Apache-2.0
// What a task table promises, said as simply as can be: a map of tasks, and loops over all of it. No index, no clock,
// no list of what changed. Whole milliseconds only; a backoff's end is told to it.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "coordination/tasks/task_table.hpp"

namespace dunlin {

struct model_task {
  task_state state = task_state::pending;
  fencing_token epoch = 0;
  std::uint32_t attempt = 0;
  std::uint32_t failures = 0;
  std::uint32_t crashes = 0;
  bool cancel_requested = false;
  bool failed_by_dependency = false;
  owner_slot owner = no_owner;
  std::uint32_t max_retries = 0;
  std::vector<task_id> dependencies;
  wall_ms not_before = 0;
  wall_ms deadline = 0;
  wall_ms lease_end = 0;
  wall_ms finished = 0;

  [[nodiscard]] bool granted() const noexcept { return state == task_state::leased || state == task_state::running; }
  [[nodiscard]] bool ended() const noexcept { return is_terminal(state); }
};

class task_model {
 public:
  static constexpr std::uint32_t crash_limit = 3;
  static constexpr wall_ms lease = 17'000;  ///< with grace
  static constexpr wall_ms window = 15'000;
  static constexpr wall_ms memory = 60'000;

  // -- asking

  [[nodiscard]] model_task* find(const task_id& id) {
    const auto found = tasks.find(id);
    return found == tasks.end() ? nullptr : &found->second;
  }
  [[nodiscard]] bool has_failed(const task_id& id) const {
    const auto found = tasks.find(id);
    return found != tasks.end() && found->second.ended() && found->second.state != task_state::succeeded;
  }
  /// A task that is not known any more had succeeded.
  [[nodiscard]] bool waits(const model_task& task) const {
    return std::ranges::any_of(task.dependencies, [this](const task_id& id) {
      const auto found = tasks.find(id);
      return found != tasks.end() && found->second.state != task_state::succeeded;
    });
  }
  [[nodiscard]] bool ready(const model_task& task) const {
    return task.state == task_state::pending && !waits(task) && task.not_before <= now;
  }
  [[nodiscard]] bool takes_tasks(owner_slot owner) const { return !gone.contains(owner) && !draining.contains(owner); }
  [[nodiscard]] std::uint64_t count(task_state state) const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(tasks, [state](const auto& entry) { return entry.second.state == state; }));
  }

  /// The grant of that owner and epoch, or null.
  [[nodiscard]] model_task* held(owner_slot owner, const task_epoch& task) {
    auto* found = find(task.id);
    return found != nullptr && found->granted() && found->owner == owner && found->epoch == task.epoch ? found
                                                                                                       : nullptr;
  }

  // -- what happens

  void grant(const task_id& id, owner_slot owner, fencing_token epoch) {
    auto& task = tasks.at(id);
    task.state = task_state::leased;
    task.epoch = epoch;
    task.owner = owner;
    task.not_before = 0;
    task.lease_end = now + lease;
    ++task.attempt;
  }

  outcome_verdict outcome(const task_id& id, fencing_token epoch, errc code, bool crashed) {
    auto* task = find(id);
    if (task == nullptr) return outcome_verdict::discarded;
    if (epoch != task->epoch || epoch == 0) return outcome_verdict::fenced;
    const bool succeeded = code == errc::none && !crashed;
    if (task->ended())
      return succeeded && task->state == task_state::succeeded ? outcome_verdict::recorded : outcome_verdict::discarded;
    if (!succeeded && !task->granted()) return outcome_verdict::discarded;
    if (succeeded)
      end(id, task_state::succeeded);
    else if (task->cancel_requested)
      end(id, task_state::cancelled);
    else if (code == errc::shutting_down)
      task->state = task_state::pending;
    else if (crashed)
      lose(id, true);
    else if (++task->failures > task->max_retries || code == errc::unknown_kind)
      end(id, task_state::failed);
    else
      task->state = task_state::backoff;  // `not_before` is told
    return outcome_verdict::recorded;
  }

  void lose(const task_id& id, bool crashed) {
    auto& task = tasks.at(id);
    if (crashed && !draining.contains(task.owner)) ++task.crashes;
    if (task.cancel_requested)
      end(id, task_state::cancelled);
    else if (task.crashes >= crash_limit)
      end(id, task_state::dead);
    else
      task.state = task_state::pending;
  }

  void give_back(const task_id& id) {
    auto& task = tasks.at(id);
    if (task.cancel_requested)
      end(id, task_state::cancelled);
    else
      task.state = task_state::pending;
  }

  void lose_owner(owner_slot owner, bool reaped) {
    gone.insert(owner);
    if (!reaped) return;
    for (auto& [id, task] : tasks)
      if (task.granted() && task.owner == owner) lose(id, task.state == task_state::running);
  }

  void end(const task_id& id, task_state how) {
    auto& task = tasks.at(id);
    task.state = how;
    task.finished = now;
    if (how == task_state::succeeded) return;
    for (auto& [other, waiting] : tasks)
      if (waiting.state == task_state::pending && std::ranges::count(waiting.dependencies, id) > 0) {
        waiting.failed_by_dependency = true;
        end(other, task_state::failed);
      }
  }

  [[nodiscard]] bool may_requeue(const task_id& id) const {
    const auto found = tasks.find(id);
    if (found == tasks.end()) return false;
    const auto& task = found->second;
    if (task.state != task_state::failed && task.state != task_state::dead) return false;
    if (task.deadline != 0 && task.deadline <= now) return false;
    return std::ranges::none_of(task.dependencies, [&](const task_id& on) {
      return tasks.contains(on) ? has_failed(on) : task.failed_by_dependency;
    });
  }

  void tick() {
    for (auto& [id, task] : tasks)
      if (!task.ended() && task.deadline != 0 && task.deadline <= now) end(id, task_state::expired);
    for (auto& [id, task] : tasks)
      if (task.granted() && task.lease_end <= now) lose(id, task.state == task_state::running);
    for (auto& [id, task] : tasks)
      if (task.state == task_state::backoff && task.not_before <= now) {
        task.state = task_state::pending;
        task.not_before = 0;
      }
    std::erase_if(tasks,
                  [this](const auto& entry) { return entry.second.ended() && entry.second.finished + memory <= now; });
  }

  /// Another leader starts from the store.
  void restart() {
    gone.clear();
    draining.clear();
    for (auto& [id, task] : tasks)
      if (task.granted()) task.lease_end = now + window;
  }

  std::map<task_id, model_task> tasks;
  std::set<owner_slot> gone;
  std::set<owner_slot> draining;
  wall_ms now = 0;
};

}  // namespace dunlin
