// SPDX-License-Identifier: Apache-2.0
// Tasks by number and locks by name, in few words: `t.ask(2, {"model:a"}, 9)`.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "coordination/scheduling/locks/lock_table.hpp"

namespace dunlin {

class lock_story {
 public:
  static constexpr duration step = 10s;
  using names = std::vector<std::string>;

  static task_id id(std::uint64_t number) { return {number, 0}; }

  void ask(std::uint64_t task, names wanted, int priority = 5) {
    table.request({id(task), std::move(wanted), static_cast<std::uint8_t>(priority), now}, now, out);
  }
  /// The task works with these locks, whatever was decided.
  void works(std::uint64_t task, names held) { table.seize({id(task), std::move(held), 5, now}, now, out); }
  void end(std::uint64_t task) { table.release(id(task), now, out); }
  void pass(duration time) {
    now += time;
    table.tick(now, out);
  }

  /// Returns who took its locks since the last call.
  std::vector<std::uint64_t> taken() {
    std::vector<std::uint64_t> tasks;
    for (const auto& effect : out)
      if (const auto* taken = std::get_if<locks_taken>(&effect)) tasks.push_back(taken->task.high);
    std::erase_if(out, [](const auto& effect) { return std::holds_alternative<locks_taken>(effect); });
    return tasks;
  }
  /// Returns to whom which priority was lent since the last call.
  std::vector<std::pair<std::uint64_t, int>> lent() {
    std::vector<std::pair<std::uint64_t, int>> loans;
    for (const auto& effect : out)
      if (const auto* loan = std::get_if<lock_lent>(&effect)) loans.emplace_back(loan->task.high, loan->priority);
    std::erase_if(out, [](const auto& effect) { return std::holds_alternative<lock_lent>(effect); });
    return loans;
  }

  /// Returns what keeps a task waiting: `model:a held by 1` or `model:a behind 2`.
  [[nodiscard]] std::vector<std::string> why(std::uint64_t task) const {
    std::vector<std::string> words;
    for (const auto& each : table.in_the_way_of(id(task)))
      words.push_back(each.name + (each.holds ? " held by " : " behind ") + std::to_string(each.who.high));
    return words;
  }

  lock_table table{step};
  lock_effects out;
  time_point now{1'000s};
};

}  // namespace dunlin
