// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/scheduling/placement_policy.hpp"

namespace dunlin {

/// Takes the workers with room in turn, by slot. Shapes with the same eligible workers share one turn, so that
/// k × n picks give each of n workers with room exactly k.
class DUNLIN_EXPORT round_robin final : public placement_policy {
 public:
  using placement_policy::placement_policy;
  [[nodiscard]] std::string_view name() const noexcept override { return "round_robin"; }
  [[nodiscard]] std::optional<worker_slot> pick(shape_id shape) override;

 protected:
  /// Returns how many slots after the turn the worker stands; those before it come after all others.
  [[nodiscard]] double score(shape_id shape, worker_slot worker) const override;

 private:
  [[nodiscard]] worker_slot turn(shape_id shape) const;
  std::vector<worker_slot> turns_;  // by class: where the next search starts
};

}  // namespace dunlin
