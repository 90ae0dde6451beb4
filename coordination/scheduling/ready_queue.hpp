// SPDX-License-Identifier: Apache-2.0
// Tasks that are ready to be placed, best first. The order is `since - priority × aging_step`: a constant per task, so
// waiting raises a task above later ones without anything being recomputed.
//
// Starvation bound: a task of priority p that became ready at t goes before every task of the same room that becomes
// ready after t + (10 - p) × aging_step, whatever its priority. Equal priorities leave in the order of arrival.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>

#include "coordination/export.hpp"
#include "coordination/scheduling/worker_index.hpp"
#include "coordination/tasks/task_slot.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// A task in the queue.
struct queued_task {
  task_slot task;
  shape_id shape = 0;
  std::uint8_t priority = 5;
  time_point since{};  ///< as pushed, or a few nanoseconds later to keep the order of arrival
};

/// The queue costs 16 bytes a task and about 300 bytes a shape. It is as bounded as its source: a task stands in it at
/// most once per time it became ready. Thread: the owner's.
class DUNLIN_EXPORT ready_queue {
 public:
  /// `aging_step`: how long a task must wait to gain one step of priority; > 0.
  explicit ready_queue(duration aging_step = 10s);
  ~ready_queue();
  ready_queue(const ready_queue&) = delete;
  ready_queue& operator=(const ready_queue&) = delete;

  /// Adds a ready task. `priority` 1-10, others are clamped. Tasks of one shape and priority leave in the order of
  /// their pushes, also when a later one says an earlier `since`.
  void push(task_slot task, shape_id shape, std::uint8_t priority, time_point since);

  /// Removes and returns the best task of a shape for which `has_room(shape_id)` is true. A shape without room is
  /// parked: it is not asked about again until `unpark`. Tasks for which `is_ready(task_slot)` is false are thrown away
  /// on the way; that is how a cancelled task leaves.
  template <class HasRoom, class IsReady>
  [[nodiscard]] std::optional<queued_task> pop_best(HasRoom&& has_room, IsReady&& is_ready) {
    while (const auto shape = best_shape()) {
      if (!has_room(*shape)) {
        park(*shape);
        continue;
      }
      const auto head = take_head(*shape);
      if (is_ready(head.task)) return head;
    }
    return std::nullopt;
  }

  /// Considers the shape again; does nothing for one that is not parked.
  void unpark(shape_id shape);
  void unpark_all();

  /// Throws away every task for which `is_ready(task_slot)` is false if the queue is large and more than half of it
  /// must be dead, since no more than `most_alive` are ready. Costs O(size) then, which is O(1) per pushed task.
  template <class IsReady>
  void tidy(std::size_t most_alive, IsReady&& is_ready) {
    constexpr std::size_t worth_it = 1'024;
    if (size() <= worth_it + 2 * most_alive) return;
    using predicate = std::remove_reference_t<IsReady>;
    sweep_with(
        [](const void* context, task_slot task) { return bool((*static_cast<predicate const*>(context))(task)); },
        std::addressof(is_ready));
  }

  /// Returns how many tasks stand in the queue, dead ones included.
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::size_t size(shape_id shape) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Returns the bytes held for tasks and shapes.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  [[nodiscard]] std::optional<shape_id> best_shape() const noexcept;
  void park(shape_id shape);
  queued_task take_head(shape_id shape);
  void sweep_with(bool (*is_ready)(const void*, task_slot), const void* context);

  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace dunlin
