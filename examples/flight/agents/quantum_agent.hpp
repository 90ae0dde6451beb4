// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/agent.hpp"

namespace dunlin::flight {

/// Runs one experiment on a simulated register per task and says what theory expects of it.
class quantum_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override;
};

}  // namespace dunlin::flight
