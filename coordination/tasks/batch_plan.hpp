// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/tasks/shape_table.hpp"
#include "coordination/tasks/task_spec.hpp"

namespace dunlin {

/// A dependency, resolved: another member of the batch, or a task submitted earlier.
struct batch_dependency {
  static constexpr std::uint32_t outside = ~std::uint32_t{0};
  std::uint32_t member = outside;
  task_id id;  ///< set if outside
};

/// What the members of a batch depend on.
struct batch_plan {
  std::vector<std::vector<batch_dependency>> of;  ///< by member; empty if no member depends on anything
  std::vector<std::uint32_t> order;               ///< members, each after those it depends on; empty if `of` is
};

/// Resolves the names in `depends_on`: first among the members, then as task ids.
/// Errors: conflict (a name twice), duplicate_key (a key twice), unknown_dependency, cyclic_dependency.
/// Source: Kahn, "Topological sorting of large networks", CACM 1962.
result<batch_plan> plan_batch(std::span<const task_spec> batch);

/// Checks the size of a batch and each spec by itself, as `validate` does. Shapes in `known` were checked before.
result<void> validate_each(std::span<const task_spec> batch, const shape_table* known = nullptr);

}  // namespace dunlin
