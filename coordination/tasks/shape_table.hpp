// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "coordination/export.hpp"
#include "coordination/tasks/task_spec.hpp"

namespace dunlin {

/// Names one distinct `task_shape` of a table.
using shape_id = std::uint32_t;

/// Keeps every distinct task shape once. Ids are dense and start at 0, so that a scheduler may index by them.
///
/// A shape lives as long as something refers to it. Its id is then listed as retired and is not given to another shape
/// before whoever caches by id has dropped what it knows and called `clear_retired`.
class DUNLIN_EXPORT shape_table {
 public:
  shape_table();
  ~shape_table();
  shape_table(shape_table&&) noexcept;
  shape_table& operator=(shape_table&&) noexcept;

  /// Returns the id of a shape equal to `shape` and counts one more reference. O(1); allocates only for a new shape.
  shape_id intern(task_shape&& shape);
  shape_id intern(const task_shape& shape);

  /// Counts one reference less; the last one retires the shape.
  void release(shape_id id);

  /// Returns the shape; valid until it is retired.
  [[nodiscard]] const task_shape& at(shape_id id) const;

  /// Returns how many distinct shapes are alive.
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
