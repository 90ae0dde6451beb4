// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "coordination/tasks/table/task_row.hpp"

namespace dunlin {

/// Rows in chunks that never move, with a list of free ones.
class task_slab {
 public:
  /// Returns the index of an empty row.
  std::uint32_t take() {
    if (free_ == no_row) add_chunk();
    const auto index = free_;
    free_ = (*this)[index].next;
    (*this)[index].next = no_row;
    return index;
  }

  /// Empties the row; slots that name it find nothing from now on.
  void give(std::uint32_t index) {
    auto& row = (*this)[index];
    const auto generation = row.generation + 1;
    row = task_row{};
    row.generation = generation;
    row.next = free_;
    free_ = index;
  }

  task_row& operator[](std::uint32_t index) noexcept { return chunks_[index / chunk_rows][index % chunk_rows]; }
  const task_row& operator[](std::uint32_t index) const noexcept {
    return chunks_[index / chunk_rows][index % chunk_rows];
  }

  /// Has the cache fetch a row that will be used soon.
  void prefetch(std::uint32_t index) const noexcept {
    const auto* row = reinterpret_cast<const char*>(&(*this)[index]);
    for (std::size_t line = 0; line < sizeof(task_row); line += 64) __builtin_prefetch(row + line, 1);
  }

  [[nodiscard]] bool holds(task_slot slot) const noexcept {
    return slot.index < size() && (*this)[slot.index].generation == slot.generation && (*this)[slot.index].id;
  }

  [[nodiscard]] task_slot slot_of(std::uint32_t index) const noexcept { return {index, (*this)[index].generation}; }

  /// Returns how many rows there are, free ones included.
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(chunks_.size()) * chunk_rows; }

 private:
  static constexpr std::uint32_t chunk_rows = 1'024;

  void add_chunk() {
    const auto first = size();
    chunks_.push_back(std::make_unique<task_row[]>(chunk_rows));
    for (std::uint32_t i = 0; i < chunk_rows; ++i) chunks_.back()[i].next = i + 1 < chunk_rows ? first + i + 1 : free_;
    free_ = first;
  }

  std::vector<std::unique_ptr<task_row[]>> chunks_;
  std::uint32_t free_ = no_row;
};

}  // namespace dunlin
