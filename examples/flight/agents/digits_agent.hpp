// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "actors/agent.hpp"
#include "examples/flight/digits/dataset.hpp"

namespace dunlin::flight {

/// Trains and tests one split of the digits per task; reads the data set once.
class digits_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override;

 private:
  result<void> load(const std::string& path);

  std::string path_;
  digits::dataset digits_;
};

}  // namespace dunlin::flight
