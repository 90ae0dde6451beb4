// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "actors/process/descriptor.hpp"
#include "coordination/result.hpp"

namespace dunlin::cli {

/// The right to run a swarm in a state directory. The kernel takes it back when this process ends, however it ends.
class up_lock {
 public:
  /// Errors: already_running (says where the other one runs), io_failed.
  static result<up_lock> take(const std::string& state_dir);

 private:
  explicit up_lock(descriptor held) : held_(std::move(held)) {}
  descriptor held_;
};

}  // namespace dunlin::cli
