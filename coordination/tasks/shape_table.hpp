// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "coordination/export.hpp"
#include "coordination/tasks/task_spec.hpp"

namespace dunlin {

/// Names one distinct `task_shape` of a table.
using shape_id = std::uint32_t;

/// Keeps every distinct task shape once. Ids are dense and start at 0, so that a scheduler may index by them.
///
/// A shape lives while something refers to it, and the newest 1 024 unused ones stay as well. The id of one that ends
/// is listed as retired; it still reads as before and is given to no other shape until whoever caches by id has dropped
/// what it knows and called `clear_retired`.
class DUNLIN_EXPORT shape_table {
 public:
  shape_table();
  ~shape_table();
  shape_table(shape_table&&) noexcept;
  shape_table& operator=(shape_table&&) noexcept;

  /// Returns the id of a shape equal to `shape` and counts one more reference. O(1); allocates only for a new shape.
  shape_id intern(task_shape&& shape);
  shape_id intern(const task_shape& shape);

  /// Returns the id of a shape equal to `shape` if it is known. O(1), and without a hash for the shape that was asked
  /// for last: tasks of a kind come in rows.
  [[nodiscard]] std::optional<shape_id> find(const task_shape& shape) const;

  /// Counts one reference less.
  void release(shape_id id);

  /// Returns the shape; valid until its id was retired and cleared.
  [[nodiscard]] const task_shape& at(shape_id id) const;

  /// Returns how many distinct shapes are known, the retired ones not counted.
  [[nodiscard]] std::size_t size() const noexcept;

  /// Returns the ids whose shapes ended since the last `clear_retired`.
  [[nodiscard]] std::span<const shape_id> retired() const noexcept;

  /// Allows the retired ids to be given to new shapes.
  void clear_retired();

 private:
  struct entries;
  std::unique_ptr<entries> entries_;
};

}  // namespace dunlin
