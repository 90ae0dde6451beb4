// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/agent.hpp"
#include "examples/flight/maze/team.hpp"

namespace dunlin::flight {

/// Generates a batch of mazes per task and has three solvers agree on each.
class maze_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override;

 private:
  maze::team threads_{2};  ///< of the parallel breadth-first search
};

}  // namespace dunlin::flight
