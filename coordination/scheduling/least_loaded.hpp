// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/scheduling/placement_policy.hpp"

namespace dunlin {

/// Takes the worker with the lowest fill: load / capacity, so that a node twice as large takes twice as many. O(1).
class DUNLIN_EXPORT least_loaded final : public placement_policy {
 public:
  using placement_policy::placement_policy;
  [[nodiscard]] std::string_view name() const noexcept override { return "least_loaded"; }
  [[nodiscard]] std::optional<worker_slot> pick(shape_id shape) override;

 protected:
  /// Returns the fill, 0 to 1.
  [[nodiscard]] double score(shape_id shape, worker_slot worker) const override;
};

}  // namespace dunlin
