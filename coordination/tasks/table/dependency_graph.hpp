// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "coordination/tasks/table/task_slab.hpp"

namespace dunlin {

/// Who waits for whom. A dependency lists its dependents; an entry is outdated, and then ignored, when the dependent
/// has ended or its slot was used again.
class dependency_graph {
 public:
  explicit dependency_graph(task_slab& rows) noexcept : rows_(rows) {}

  /// Makes `dependent` wait for `dependency`. The pair must not be linked yet.
  void link(std::uint32_t dependent, std::uint32_t dependency);

  /// As `link`, for a pair that may be linked by an earlier life of the dependent.
  void link_once(std::uint32_t dependent, std::uint32_t dependency);

  /// Returns the tasks that still wait for `dependency` and forgets them.
  std::vector<std::uint32_t> take_dependents(std::uint32_t dependency);

 private:
  [[nodiscard]] bool is_current(task_slot dependent) const noexcept {
    return rows_.holds(dependent) && rows_[dependent.index].waiting();
  }

  task_slab& rows_;
};

}  // namespace dunlin
