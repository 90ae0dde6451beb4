// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace dunlin {

/// A directory of the test's own, gone with the test.
class scratch_directory {
 public:
  scratch_directory() : scratch_directory(std::filesystem::temp_directory_path()) {}

  /// In memory if the machine has such a place, for tests of whole swarms: a disk that is shared with others stands
  /// still for half a minute at times, and a leader that cannot store a thing loses its leases, as it has to.
  static scratch_directory in_memory() {
    std::error_code none;
    const std::filesystem::path memory{"/dev/shm"};
    const auto space = std::filesystem::space(memory, none);
    const bool usable = !none && space.available >= 256U << 20U && ::access(memory.c_str(), W_OK | X_OK) == 0;
    return scratch_directory{usable ? memory : std::filesystem::temp_directory_path()};
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  explicit scratch_directory(const std::filesystem::path& parent) {
    std::string pattern = (parent / "dunlin-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  std::string path_;
};

}  // namespace dunlin
