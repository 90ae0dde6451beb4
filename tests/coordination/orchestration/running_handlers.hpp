// SPDX-License-Identifier: Apache-2.0
// Which handlers of a simulated swarm run now, and which ran beside another one that named the same lock.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coordination/messages/task_messages.hpp"

namespace dunlin::sim {

class running_handlers {
 public:
  /// The handler of `task` begins in this life of its node.
  void enter(const task_epoch& task, const std::vector<std::string>& locks, incarnation life) {
    for (const auto& [other, its] : all_)
      for (const auto& name : its.locks)
        if (std::ranges::find(locks, name) != locks.end())
          overlaps_.push_back(to_string(task.id) + " runs beside " + to_string(other.first) + " with lock " + name);
    all_[{task.id, task.epoch}] = {locks, life};
  }
  void leave(const task_epoch& task) { all_.erase({task.id, task.epoch}); }

  /// Handlers of a process that was killed run no more, whatever the leader knows.
  void end_of(incarnation life) {
    std::erase_if(all_, [life](const auto& one) { return one.second.life == life; });
  }

  /// In words.
  [[nodiscard]] const std::vector<std::string>& overlaps() const noexcept { return overlaps_; }

 private:
  struct handler {
    std::vector<std::string> locks;
    incarnation life;
  };
  std::map<std::pair<task_id, fencing_token>, handler> all_;
  std::vector<std::string> overlaps_;
};

}  // namespace dunlin::sim
