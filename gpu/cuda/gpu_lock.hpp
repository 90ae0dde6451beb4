// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "coordination/result.hpp"

namespace dunlin::cuda {

/// A GPU held against this host's other processes of ours, by its UUID, until the object dies or its process ends.
class gpu_lock {
 public:
  /// `run_directory` is made if missing; `owner` is what others read. Errors: already_running (who has it), io_failed.
  static result<std::unique_ptr<gpu_lock>> take(const std::string& run_directory, const std::string& uuid,
                                                const std::string& owner);
  ~gpu_lock();
  gpu_lock(const gpu_lock&) = delete;
  gpu_lock& operator=(const gpu_lock&) = delete;

 private:
  explicit gpu_lock(int file) noexcept : file_(file) {}
  const int file_;
};

}  // namespace dunlin::cuda
