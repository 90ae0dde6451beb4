// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/ready_queue.hpp"

#include <algorithm>

#include "coordination/scheduling/shape_lane.hpp"

namespace dunlin {

struct ready_queue::impl {
  explicit impl(duration step) : aging_step(step) {}

  duration aging_step;
  chunk_pool pool;
  std::vector<shape_lane> lanes;
  shape_heap heap{lanes};
  std::size_t size = 0;
  time_point last_since = time_point::min();
  time_point last_stamp = time_point::min();

  shape_lane& lane(shape_id shape) {
    if (shape >= lanes.size()) lanes.resize(shape + 1);
    return lanes[shape];
  }

  /// Keeps the order of arrival across shapes: tasks of one instant get stamps a nanosecond apart.
  time_point stamp(time_point since) noexcept {
    if (since < last_since) return since;
    last_since = since;
    last_stamp = last_stamp < since ? since : last_stamp + duration{1};
    return last_stamp;
  }

  void reorder(shape_id shape) {
    const auto& own = lanes[shape];
    if (own.size > 0 && !own.parked)
      heap.update(shape);
    else
      heap.remove(shape);
  }

  void unpark(shape_id shape) {
    if (!lanes[shape].parked) return;
    lanes[shape].parked = false;
    reorder(shape);
  }
};

ready_queue::ready_queue(duration aging_step) : impl_(std::make_unique<impl>(std::max(aging_step, duration{1}))) {}

ready_queue::~ready_queue() {
  for (auto& lane : impl_->lanes)
    for (auto& fifo : lane.fifos) fifo.clear(impl_->pool);
}

void ready_queue::push(task_slot task, shape_id shape, std::uint8_t priority, time_point since) {
  auto& own = *impl_;
  auto& lane = own.lane(shape);
  const auto key_before = lane.key;
  const auto clamped = std::clamp<std::uint8_t>(priority, 1, shape_lane::priorities);
  lane.push(own.pool, clamped, {task, own.stamp(since)}, own.aging_step);
  ++own.size;
  if (lane.size == 1 || lane.key != key_before) own.reorder(shape);
}

std::optional<shape_id> ready_queue::best_shape() const noexcept {
  return impl_->heap.empty() ? std::nullopt : std::optional{impl_->heap.top()};
}

void ready_queue::park(shape_id shape) {
  impl_->lanes[shape].parked = true;
  impl_->heap.remove(shape);
}

queued_task ready_queue::take_head(shape_id shape) {
  auto& lane = impl_->lanes[shape];
  const auto priority = lane.best_priority;
  const auto entry = lane.pop_best(impl_->pool, impl_->aging_step);
  --impl_->size;
  impl_->reorder(shape);
  return {entry.task, shape, priority, entry.stamp};
}

void ready_queue::unpark(shape_id shape) {
  if (shape < impl_->lanes.size()) impl_->unpark(shape);
}

void ready_queue::unpark_all() {
  for (shape_id shape = 0; shape < impl_->lanes.size(); ++shape) impl_->unpark(shape);
}

void ready_queue::sweep_with(bool (*is_ready)(const void*, task_slot), const void* context) {
  auto& own = *impl_;
  for (shape_id shape = 0; shape < own.lanes.size(); ++shape) {
    auto& lane = own.lanes[shape];
    for (std::uint8_t at = 0; at < shape_lane::priorities; ++at) {
      auto& fifo = lane.fifos[at];
      for (auto left = fifo.size(); left > 0; --left) {
        const auto entry = fifo.pop(own.pool);
        if (is_ready(context, entry.task)) {
          fifo.push(own.pool, entry);
        } else {
          --lane.size;
          --own.size;
        }
      }
      if (fifo.size() == 0) lane.used = static_cast<std::uint16_t>(lane.used & ~(1U << at));
    }
    lane.find_best(own.aging_step);
    own.reorder(shape);
  }
}

std::size_t ready_queue::size() const noexcept { return impl_->size; }

std::size_t ready_queue::size(shape_id shape) const noexcept {
  return shape < impl_->lanes.size() ? impl_->lanes[shape].size : 0;
}

std::size_t ready_queue::memory_bytes() const noexcept {
  return impl_->pool.memory_bytes() + impl_->heap.memory_bytes() + impl_->lanes.capacity() * sizeof(shape_lane);
}

}  // namespace dunlin
