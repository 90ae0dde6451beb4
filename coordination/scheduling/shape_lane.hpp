// SPDX-License-Identifier: Apache-2.0
// Private to the ready queue.
#pragma once

#include "coordination/scheduling/task_fifo.hpp"
#include "coordination/scheduling/worker_index.hpp"

namespace dunlin {

/// The queued tasks of one shape: one queue per priority.
struct shape_lane {
  static constexpr std::uint8_t priorities = 10;
  static constexpr std::uint32_t not_in_heap = ~std::uint32_t{0};

  std::array<task_fifo, priorities> fifos;
  std::uint16_t used = 0;  // bit p-1: the queue of priority p has tasks
  bool parked = false;
  std::uint32_t heap_position = not_in_heap;
  std::size_t size = 0;
  time_point key{};                // of the best task; only while size > 0
  std::uint8_t best_priority = 0;  // its queue

  void push(chunk_pool& pool, std::uint8_t priority, const fifo_entry& entry, duration aging_step);
  fifo_entry pop_best(chunk_pool& pool, duration aging_step);

  /// Finds the best task anew.
  void find_best(duration aging_step) noexcept;
};

/// Shapes by the key of their best task, lowest first; equal keys by number.
class shape_heap {
 public:
  explicit shape_heap(std::vector<shape_lane>& lanes) noexcept : lanes_(&lanes) {}
  [[nodiscard]] bool empty() const noexcept { return shapes_.empty(); }
  [[nodiscard]] shape_id top() const noexcept { return shapes_.front(); }

  /// Puts the shape where its key belongs; takes one in that is not there yet.
  void update(shape_id shape);
  void remove(shape_id shape) noexcept;
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return shapes_.capacity() * sizeof(shape_id); }

 private:
  [[nodiscard]] bool before(shape_id a, shape_id b) const noexcept;
  void set(std::size_t position, shape_id shape) noexcept;
  void sift(std::size_t position) noexcept;
  [[nodiscard]] std::size_t sift_up(std::size_t position) noexcept;
  void sift_down(std::size_t position) noexcept;

  std::vector<shape_lane>* lanes_;
  std::vector<shape_id> shapes_;
};

}  // namespace dunlin
