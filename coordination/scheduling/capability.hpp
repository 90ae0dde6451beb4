// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/scheduling/placement_policy.hpp"

namespace dunlin {

/// Takes the most specialised worker: the one with the fewest capabilities beyond those the shape needs, then the
/// lowest fill. Broad workers stay free for shapes that only they can run.
class DUNLIN_EXPORT capability final : public placement_policy {
 public:
  using placement_policy::placement_policy;
  [[nodiscard]] std::string_view name() const noexcept override { return "capability"; }
  [[nodiscard]] std::optional<worker_slot> pick(shape_id shape) override;

 protected:
  /// Returns the number of capabilities plus the fill: what the shape needs is the same for all and shifts nothing.
  [[nodiscard]] double score(shape_id shape, worker_slot worker) const override;
};

}  // namespace dunlin
