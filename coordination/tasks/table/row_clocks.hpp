// SPDX-License-Identifier: Apache-2.0
// When something happens to a task by itself. Leases and ended tasks last for one fixed time each, so a list in the
// order of arrival is in the order of the deadlines: granting, renewing and finishing cost no search and leave nothing
// behind. Backoffs, start times and users' deadlines are few and in any order: they are kept sorted.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "coordination/tasks/table/task_slab.hpp"

namespace dunlin {

/// Rows linked through themselves, by rising `due`.
class row_list {
 public:
  /// Inserts from the back: at once if `due` is not earlier than the last one's.
  void insert(task_slab& rows, std::uint32_t index);
  void remove(task_slab& rows, std::uint32_t index);
  [[nodiscard]] std::uint32_t front() const noexcept { return first_; }

 private:
  std::uint32_t first_ = no_row;
  std::uint32_t last_ = no_row;
};

/// Every clock of a table's rows. Each row runs on at most one `row_clock`, and beside it on its deadline.
class row_clocks {
 public:
  explicit row_clocks(task_slab& rows) noexcept : rows_(rows) {}

  /// Starts `clock` for a row, or starts it anew.
  void start(std::uint32_t index, row_clock clock, time_point due);

  /// Stops whatever clock the row runs on, its deadline excepted.
  void stop(std::uint32_t index);

  void start_deadline(std::uint32_t index, time_point due);
  void stop_deadline(std::uint32_t index);

  /// Returns the row whose clock of this kind ends first, or `no_row`.
  [[nodiscard]] std::uint32_t first(row_clock clock) const noexcept;
  [[nodiscard]] std::uint32_t first_deadline() const noexcept;

  /// Returns the row whose clock of this kind has ended, or `no_row`.
  [[nodiscard]] std::uint32_t first_due(row_clock clock, time_point now) const noexcept;
  [[nodiscard]] std::uint32_t first_deadline_due(time_point now) const noexcept;

  /// Returns when the next clock of any kind ends.
  [[nodiscard]] std::optional<time_point> next() const noexcept;

 private:
  using sorted = std::set<std::pair<time_point, std::uint32_t>>;

  task_slab& rows_;
  row_list leases_;
  row_list ended_;
  sorted wakes_;
  sorted deadlines_;
};

}  // namespace dunlin
