// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/agent.hpp"
#include "examples/flight/watcher.hpp"

namespace dunlin::flight {

/// Passes a computation's steps on as the progress of its task, and the task's cancel back.
class task_watcher final : public watcher {
 public:
  /// `what` is the message of each report, such as "training".
  task_watcher(task_context& task, const char* what) : task_(task), what_(what) {}

  bool on_step(std::uint64_t done, std::uint64_t total) override {
    task_.progress(total == 0 ? 0 : static_cast<int>(done * 100 / total), what_, done, total);
    return !task_.cancelled();
  }

 private:
  task_context& task_;
  const char* what_;
};

}  // namespace dunlin::flight
