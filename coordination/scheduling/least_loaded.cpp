// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/least_loaded.hpp"

namespace dunlin {

std::optional<worker_slot> least_loaded::pick(shape_id shape) { return workers().least_loaded(shape); }

double least_loaded::score(shape_id /*shape*/, worker_slot worker) const { return workers().status(worker).fill(); }

}  // namespace dunlin
