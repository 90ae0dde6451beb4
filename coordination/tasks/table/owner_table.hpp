// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coordination/tasks/resource_sum.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// A node in one of its lives.
struct task_owner {
  std::string node;
  incarnation life;
  std::uint32_t granted = 0;  ///< leased and running tasks
  resource_sum in_use{};      ///< what they asked for
  bool gone = false;          ///< known dead: its renewals are refused until it reports again
  bool draining = false;      ///< leaves politely: what it stops is not a crash
};

/// Gives every life of every node a small number. Number 0 is nobody. Lives are few and are never forgotten.
class owner_table {
 public:
  owner_table() : owners_(1) {}

  std::uint32_t intern(std::string node, incarnation life) {
    const auto [known, added] =
        slots_.try_emplace({std::move(node), life.value}, static_cast<std::uint32_t>(owners_.size()));
    if (added) owners_.push_back({known->first.first, life});
    return known->second;
  }

  task_owner& operator[](std::uint32_t owner) noexcept { return owners_[owner]; }
  const task_owner& operator[](std::uint32_t owner) const noexcept { return owners_[owner]; }

 private:
  std::vector<task_owner> owners_;
  std::map<std::pair<std::string, std::uint64_t>, std::uint32_t> slots_;
};

}  // namespace dunlin
