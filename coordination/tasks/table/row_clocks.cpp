// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/table/row_clocks.hpp"

#include <algorithm>

namespace dunlin {

void row_list::insert(task_slab& rows, std::uint32_t index) {
  auto after = last_;
  while (after != no_row && rows[after].due > rows[index].due) after = rows[after].previous;
  const auto before = after == no_row ? first_ : rows[after].next;
  rows[index].previous = after;
  rows[index].next = before;
  (after == no_row ? first_ : rows[after].next) = index;
  (before == no_row ? last_ : rows[before].previous) = index;
}

void row_list::remove(task_slab& rows, std::uint32_t index) {
  auto& row = rows[index];
  (row.previous == no_row ? first_ : rows[row.previous].next) = row.next;
  (row.next == no_row ? last_ : rows[row.next].previous) = row.previous;
  row.previous = row.next = no_row;
}

void row_clocks::start(std::uint32_t index, row_clock clock, time_point due) {
  stop(index);
  auto& row = rows_[index];
  row.clock = clock;
  row.due = due;
  if (clock == row_clock::lease) leases_.insert(rows_, index);
  if (clock == row_clock::ended) ended_.insert(rows_, index);
  if (clock == row_clock::wake) wakes_.emplace(due, index);
}

void row_clocks::stop(std::uint32_t index) {
  auto& row = rows_[index];
  if (row.clock == row_clock::lease) leases_.remove(rows_, index);
  if (row.clock == row_clock::ended) ended_.remove(rows_, index);
  if (row.clock == row_clock::wake) wakes_.erase({row.due, index});
  row.clock = row_clock::none;
}

void row_clocks::start_deadline(std::uint32_t index, time_point due) {
  stop_deadline(index);
  rows_[index].deadline_due = due;
  rows_[index].has_deadline_timer = true;
  deadlines_.emplace(due, index);
}

void row_clocks::stop_deadline(std::uint32_t index) {
  auto& row = rows_[index];
  if (!row.has_deadline_timer) return;
  deadlines_.erase({row.deadline_due, index});
  row.has_deadline_timer = false;
}

std::uint32_t row_clocks::first(row_clock clock) const noexcept {
  switch (clock) {
    case row_clock::lease:
      return leases_.front();
    case row_clock::ended:
      return ended_.front();
    case row_clock::wake:
      return wakes_.empty() ? no_row : wakes_.begin()->second;
    case row_clock::none:
      break;
  }
  return no_row;
}

std::uint32_t row_clocks::first_deadline() const noexcept {
  return deadlines_.empty() ? no_row : deadlines_.begin()->second;
}

std::uint32_t row_clocks::first_due(row_clock clock, time_point now) const noexcept {
  const auto index = first(clock);
  return index != no_row && rows_[index].due <= now ? index : no_row;
}

std::uint32_t row_clocks::first_deadline_due(time_point now) const noexcept {
  const auto index = first_deadline();
  return index != no_row && rows_[index].deadline_due <= now ? index : no_row;
}

std::optional<time_point> row_clocks::next() const noexcept {
  auto earliest = time_point::max();
  for (const auto clock : {row_clock::lease, row_clock::wake, row_clock::ended})
    if (const auto index = first(clock); index != no_row) earliest = std::min(earliest, rows_[index].due);
  if (const auto index = first_deadline(); index != no_row) earliest = std::min(earliest, rows_[index].deadline_due);
  if (earliest == time_point::max()) return std::nullopt;
  return earliest;
}

}  // namespace dunlin
