// SPDX-License-Identifier: Apache-2.0
#include "store/compact_rows.hpp"

#include <algorithm>

namespace dunlin {

std::uint32_t compact_rows::find_slot(const task_id& id) {
  return by_id_.find(hash_of(id), [&](std::uint32_t slot) { return (*this)[slot].id == id; });
}

compact_task* compact_rows::find(const task_id& id) {
  const auto slot = find_slot(id);
  return slot == slot_index::none ? nullptr : &(*this)[slot];
}

void compact_rows::prefetch_row(const task_id& id) const noexcept {
  const auto slot = by_id_.guess(hash_of(id));
  if (slot == slot_index::none) return;
  const auto* row = reinterpret_cast<const char*>(&chunks_[slot / chunk_rows][slot % chunk_rows]);
  for (std::size_t line = 0; line < sizeof(compact_task); line += 64) __builtin_prefetch(row + line, 1);
}

std::size_t compact_rows::first_after(const task_id& id) {
  const auto at = std::ranges::upper_bound(order_, id, {}, [this](std::uint32_t slot) { return (*this)[slot].id; });
  return static_cast<std::size_t>(at - order_.begin());
}

std::uint32_t compact_rows::take_slot() {
  if (free_.empty()) {
    const auto first = static_cast<std::uint32_t>(chunks_.size()) * chunk_rows;
    chunks_.push_back(std::make_unique<compact_task[]>(chunk_rows));
    for (auto slot = first + chunk_rows; slot > first; --slot) free_.push_back(slot - 1);
  }
  const auto slot = free_.back();
  free_.pop_back();
  return slot;
}

compact_task& compact_rows::add(const task_id& id) {
  const auto slot = take_slot();
  auto& row = (*this)[slot];
  row.id = id;
  by_id_.insert(hash_of(id), slot);
  if (order_.empty() || (*this)[order_.back()].id < id)
    order_.push_back(slot);
  else
    order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(first_after(id)), slot);
  return row;
}

void compact_rows::erase(compact_task& row) {
  by_id_.erase(hash_of(row.id), find_slot(row.id));
  ++gone_;
  drop_oldest();
  if (gone_ > worth_a_sweep && gone_ > order_.size() / 8) sweep();
}

void compact_rows::give_back(compact_task& row, std::uint32_t slot) {
  row.gone = false;
  row.id = {};
  free_.push_back(slot);
  --gone_;
}

void compact_rows::drop_oldest() {
  while (!order_.empty() && (*this)[order_.front()].gone) {
    give_back((*this)[order_.front()], order_.front());
    order_.pop_front();
  }
}

void compact_rows::sweep() {
  std::erase_if(order_, [this](std::uint32_t slot) {
    auto& row = (*this)[slot];
    if (!row.gone) return false;
    give_back(row, slot);
    return true;
  });
}

}  // namespace dunlin
