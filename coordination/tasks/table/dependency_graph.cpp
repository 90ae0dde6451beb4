// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/table/dependency_graph.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

void dependency_graph::link(std::uint32_t dependent, std::uint32_t dependency) {
  auto& dependents = rows_[dependency].more().dependents;
  // Outdated entries go before the list grows, so that cancelled dependents do not pile up on a long task.
  if (dependents.size() >= 16 && dependents.size() == dependents.capacity()) {
    std::erase_if(dependents, [this](task_slot slot) { return !is_current(slot); });
    dependents.reserve(dependents.size() * 2);
  }
  dependents.push_back(rows_.slot_of(dependent));
  ++rows_[dependent].waits_for;
}

void dependency_graph::link_once(std::uint32_t dependent, std::uint32_t dependency) {
  std::erase(rows_[dependency].more().dependents, rows_.slot_of(dependent));
  link(dependent, dependency);
}

std::vector<std::uint32_t> dependency_graph::take_dependents(std::uint32_t dependency) {
  std::vector<std::uint32_t> waiting;
  auto* extras = rows_[dependency].extras.get();
  if (extras == nullptr) return waiting;
  for (const auto slot : std::exchange(extras->dependents, {}))
    if (is_current(slot)) waiting.push_back(slot.index);
  return waiting;
}

}  // namespace dunlin
