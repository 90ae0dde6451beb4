// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "coordination/tasks/content_hash.hpp"
#include "coordination/tasks/table/slot_index.hpp"
#include "store/compact_task.hpp"

namespace dunlin {

/// Rows of the memory store, found by id and listed in the order of ids. Ids mostly come in rising order, so the order
/// is a list that is appended to, and the oldest are mostly forgotten first; the row of another erased task keeps its
/// place in it until an eighth of the list is gone.
class compact_rows {
 public:
  /// Returns the row of a task, or null.
  [[nodiscard]] compact_task* find(const task_id& id);

  /// Have the cache fetch what `find` will read for a task: first its place in the index, then its row.
  void prefetch_place(const task_id& id) const noexcept { by_id_.prefetch(hash_of(id)); }
  void prefetch_row(const task_id& id) const noexcept;

  /// Returns an id that no known one exceeds.
  [[nodiscard]] task_id highest() { return order_.empty() ? task_id{} : (*this)[order_.back()].id; }

  /// Adds an empty row for an id that is not known.
  compact_task& add(const task_id& id);

  /// Takes out a row that the compactor has dropped.
  void erase(compact_task& row);

  /// Calls `visit(row)` for each row behind `after`, in the order of ids, while it returns true.
  template <class Visit>
  void visit_after(const task_id& after, Visit visit) {
    for (auto at = first_after(after); at < order_.size(); ++at)
      if (auto& row = (*this)[order_[at]]; !row.gone && !visit(row)) return;
  }

 private:
  static constexpr std::uint32_t chunk_rows = 256;
  static constexpr std::uint32_t worth_a_sweep = 1'024;

  [[nodiscard]] compact_task& operator[](std::uint32_t slot) { return chunks_[slot / chunk_rows][slot % chunk_rows]; }
  [[nodiscard]] std::size_t first_after(const task_id& id);
  [[nodiscard]] std::uint32_t find_slot(const task_id& id);
  std::uint32_t take_slot();
  void give_back(compact_task& row, std::uint32_t slot);
  void drop_oldest();
  void sweep();

  std::vector<std::unique_ptr<compact_task[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::deque<std::uint32_t> order_;  ///< slots by rising id, of erased tasks as well
  slot_index by_id_;
  std::uint32_t gone_ = 0;  ///< of those in the order
};

}  // namespace dunlin
