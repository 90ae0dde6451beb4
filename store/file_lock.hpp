// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "coordination/result.hpp"

namespace dunlin {

/// The right of one process to a file, held until destroyed; it ends with the process, however that ends.
class file_lock {
 public:
  /// Locks `path`, which is created. Errors: already_running (the words name who holds it), io_failed.
  static result<file_lock> take(const std::string& path);

  ~file_lock();
  file_lock(file_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  file_lock& operator=(file_lock&&) = delete;

 private:
  explicit file_lock(int fd) noexcept : fd_(fd) {}
  int fd_;
};

}  // namespace dunlin
