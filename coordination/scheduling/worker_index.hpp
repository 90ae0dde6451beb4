// SPDX-License-Identifier: Apache-2.0
// Which workers may run which shapes, and how full they are. The leader keeps one with a worker per node, a node's
// dispatcher keeps one with a worker per agent.
//
// Shapes with equal sets of eligible workers share one class. A class keeps its workers that have room in ladders: one
// list per fill level, linked through the workers' memberships. A pick reads the head of the lowest list; a change of
// load moves the worker's memberships between lists, one per class it is in, whatever the number of workers or tasks.
//
// Invariants: a ladder holds exactly the members that are open and have load < capacity; equal classes are one class.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "coordination/scheduling/slot_set.hpp"

namespace dunlin {

/// Number of a task shape, given out densely by whoever interns shapes.
using shape_id = std::uint32_t;

/// A worker as the index knows it.
struct worker_status {
  std::uint32_t capacity = 0;  ///< tasks it takes at most
  std::uint32_t load = 0;      ///< tasks it has; above capacity after a shrink or an adoption
  std::uint16_t breadth = 0;   ///< number of capabilities it offers
  bool open = true;            ///< false: draining or suspect, takes nothing new

  [[nodiscard]] bool has_room() const noexcept { return open && load < capacity; }

  /// Returns load / capacity; 1 for a worker without capacity.
  [[nodiscard]] double fill() const noexcept { return capacity == 0 ? 1.0 : double(load) / double(capacity); }
};

/// Workers, shapes, eligibility and load. Slots and shape ids that do not exist are a broken invariant of the caller;
/// a shape that was never defined has no eligible worker. Thread: the owner's.
class DUNLIN_EXPORT worker_index {
 public:
  worker_index();
  ~worker_index();
  worker_index(const worker_index&) = delete;
  worker_index& operator=(const worker_index&) = delete;

  // -- workers

  /// Adds an open, idle worker that no shape may use yet. `breadth` counts its capabilities: the `capability` policy
  /// spares the broad ones.
  worker_slot add_worker(std::uint32_t capacity, std::uint16_t breadth = 0);

  /// Forgets the worker and its load; its slot may be given out again.
  void remove_worker(worker_slot worker);
  void set_capacity(worker_slot worker, std::uint32_t capacity);

  /// Takes new work again.
  void open(worker_slot worker);

  /// Takes no new work; its load stays and may be removed.
  void close(worker_slot worker);
  void add_load(worker_slot worker, std::uint32_t tasks = 1);

  /// Removing more than there is leaves 0.
  void remove_load(worker_slot worker, std::uint32_t tasks = 1);

  [[nodiscard]] bool exists(worker_slot worker) const noexcept;
  [[nodiscard]] const worker_status& status(worker_slot worker) const noexcept;

  /// Returns the slots of all workers.
  [[nodiscard]] const slot_set& workers() const noexcept;

  // -- shapes

  /// Says which workers may run the shape; replaces an earlier definition.
  void define_shape(shape_id shape, std::span<const worker_slot> eligible);
  void set_eligible(shape_id shape, worker_slot worker, bool eligible);

  /// The same for many shapes at once: how a worker joins. Costs O(shapes) where one call each may cost O(workers).
  void set_eligible(std::span<const shape_id> shapes, worker_slot worker, bool eligible);
  void forget_shape(shape_id shape);

  /// Returns who may run the shape, with room or not.
  [[nodiscard]] const slot_set& eligible(shape_id shape) const noexcept;

  /// Returns how many different sets of eligible workers the shapes have.
  [[nodiscard]] std::size_t class_count() const noexcept;

  /// Returns the class of the shape, a dense number that equal shapes share until eligibility changes; none for a shape
  /// without eligible workers.
  [[nodiscard]] std::optional<std::uint32_t> class_of(shape_id shape) const noexcept;

  // -- questions of the policies; all consider only workers that are eligible, open and below capacity

  [[nodiscard]] bool has_room(shape_id shape) const noexcept;

  /// Returns the worker with the lowest fill (load / capacity, to 1/256); among equals the least broad, then the one
  /// that has stood at this level longest.
  [[nodiscard]] std::optional<worker_slot> least_loaded(shape_id shape) const noexcept;

  /// Returns the least broad worker; among equals the one with the lowest fill, then the longest at its level.
  [[nodiscard]] std::optional<worker_slot> most_specialised(shape_id shape) const noexcept;

  /// Returns the first worker with a slot >= `from`, starting over at 0 after the last.
  [[nodiscard]] std::optional<worker_slot> next_in_turn(shape_id shape, worker_slot from) const noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace dunlin
