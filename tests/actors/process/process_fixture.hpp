// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "actors/process/process_host.hpp"

namespace dunlin::testing {

/// A host of its own, and children that are the program `process_test_child`, which does what its first argument says.
class ProcessFixture : public ::testing::Test {
 protected:
  ProcessFixture();
  ~ProcessFixture() override;

  /// CHILD_PROGRAM is where the test child was built.
  static child_options child(std::vector<std::string> arguments);

  /// Starts a child; its report comes in the future.
  std::future<child_report> start(child_options options, child_id* id = nullptr);

  /// Runs a child to its end.
  child_report run(child_options options);

  /// Takes a value that must come within a minute.
  template <class T>
  static T soon(std::future<T> value) {
    if (value.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
      throw std::runtime_error("took a minute");
    return value.get();
  }

  std::string work_root;
  std::unique_ptr<process_host> host;
};

/// True while a process with this id exists and is no zombie.
bool is_alive(int pid);

/// Polls until `pid` is gone, for at most ten seconds.
bool dies(int pid);

}  // namespace dunlin::testing
