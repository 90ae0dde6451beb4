// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/capability.hpp"

namespace dunlin {

std::optional<worker_slot> capability::pick(shape_id shape) { return workers().most_specialised(shape); }

double capability::score(shape_id /*shape*/, worker_slot worker) const {
  const auto& status = workers().status(worker);
  return status.breadth + status.fill();
}

}  // namespace dunlin
