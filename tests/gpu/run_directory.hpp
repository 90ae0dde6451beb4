// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace dunlin::testing {

/// A run directory of this test alone.
class run_directory {
 public:
  run_directory() {
    std::string pattern = ::testing::TempDir() + "dunlin-cores-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~run_directory() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace dunlin::testing
