// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/shape_lane.hpp"

#include <bit>

namespace dunlin {

void shape_lane::push(chunk_pool& pool, std::uint8_t priority, const fifo_entry& entry, duration aging_step) {
  fifos[priority - 1].push(pool, entry);
  used = static_cast<std::uint16_t>(used | (1U << (priority - 1)));
  const auto own = fifos[priority - 1].front().stamp - aging_step * priority;
  if (size++ == 0 || own < key || (own == key && priority > best_priority)) {
    key = own;
    best_priority = priority;
  }
}

fifo_entry shape_lane::pop_best(chunk_pool& pool, duration aging_step) {
  auto& fifo = fifos[best_priority - 1];
  const auto entry = fifo.pop(pool);
  if (fifo.size() == 0) used = static_cast<std::uint16_t>(used & ~(1U << (best_priority - 1)));
  --size;
  find_best(aging_step);
  return entry;
}

void shape_lane::find_best(duration aging_step) noexcept {
  bool found = false;
  for (unsigned rest = used; rest != 0; rest &= rest - 1) {
    const auto priority = static_cast<std::uint8_t>(std::countr_zero(rest) + 1);
    const auto own = fifos[priority - 1].front().stamp - aging_step * priority;
    if (found && own > key) continue;  // on equal keys the higher priority
    found = true;
    key = own;
    best_priority = priority;
  }
}

void shape_heap::update(shape_id shape) {
  auto position = std::size_t{(*lanes_)[shape].heap_position};
  if (position == shape_lane::not_in_heap) {
    position = shapes_.size();
    shapes_.push_back(shape);
  }
  set(position, shape);
  sift(position);
}

void shape_heap::remove(shape_id shape) noexcept {
  const auto position = std::size_t{(*lanes_)[shape].heap_position};
  if (position == shape_lane::not_in_heap) return;
  (*lanes_)[shape].heap_position = shape_lane::not_in_heap;
  const auto last = shapes_.back();
  shapes_.pop_back();
  if (last == shape) return;
  set(position, last);
  sift(position);
}

bool shape_heap::before(shape_id a, shape_id b) const noexcept {
  const auto& x = (*lanes_)[a];
  const auto& y = (*lanes_)[b];
  return x.key != y.key ? x.key < y.key : a < b;
}

void shape_heap::set(std::size_t position, shape_id shape) noexcept {
  shapes_[position] = shape;
  (*lanes_)[shape].heap_position = static_cast<std::uint32_t>(position);
}

void shape_heap::sift(std::size_t position) noexcept { sift_down(sift_up(position)); }

std::size_t shape_heap::sift_up(std::size_t position) noexcept {
  const auto shape = shapes_[position];
  while (position > 0 && before(shape, shapes_[(position - 1) / 2])) {
    set(position, shapes_[(position - 1) / 2]);
    position = (position - 1) / 2;
  }
  set(position, shape);
  return position;
}

void shape_heap::sift_down(std::size_t position) noexcept {
  const auto shape = shapes_[position];
  for (auto child = 2 * position + 1; child < shapes_.size(); child = 2 * position + 1) {
    if (child + 1 < shapes_.size() && before(shapes_[child + 1], shapes_[child])) ++child;
    if (!before(shapes_[child], shape)) break;
    set(position, shapes_[child]);
    position = child;
  }
  set(position, shape);
}

}  // namespace dunlin
