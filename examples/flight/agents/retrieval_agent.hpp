// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/agent.hpp"

namespace dunlin::flight {

/// Does one step of the retrieval graph per task: count → embed → cluster → retrieve → verify → synthesise.
class retrieval_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override;
};

}  // namespace dunlin::flight
