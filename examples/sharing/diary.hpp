// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "coordination/types.hpp"
#include "examples/sharing/story.hpp"

namespace dunlin::sharing {

/// Where the agents write down the steps that they take. Thread: any.
class diary {
 public:
  void add(const step_taken& step) {
    const std::lock_guard lock{mutex_};
    if (steps_.size() < most_steps) steps_.push_back(step);
  }
  [[nodiscard]] std::vector<step_taken> steps() const {
    const std::lock_guard lock{mutex_};
    return steps_;
  }

  /// Agent `agent` is that member of the crew.
  void introduce(std::size_t member, agent_id agent) {
    const std::lock_guard lock{mutex_};
    agents_[agent] = member;
  }
  [[nodiscard]] std::map<agent_id, std::size_t> agents() const {
    const std::lock_guard lock{mutex_};
    return agents_;
  }

  /// An item has gone through the whole pipeline.
  void count_item() {
    const std::lock_guard lock{mutex_};
    ++items_;
  }
  [[nodiscard]] std::uint64_t items() const {
    const std::lock_guard lock{mutex_};
    return items_;
  }

 private:
  static constexpr std::size_t most_steps = 1'000'000;

  mutable std::mutex mutex_;
  std::vector<step_taken> steps_;
  std::map<agent_id, std::size_t> agents_;
  std::uint64_t items_ = 0;
};

}  // namespace dunlin::sharing
