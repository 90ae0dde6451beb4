// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/pipeline/stage_costs.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

/// What one new item changes.
constexpr double newest = 1.0 / 16;

/// So far from its own cost may a step count, whatever was measured.
constexpr double furthest = 100;

}  // namespace

void stage_costs::join(agent_id agent, std::size_t stage) {
  agents_[agent].stage = stage;
  stages_[stage].agents += 1;
}

void stage_costs::leave(agent_id agent) {
  const auto found = agents_.find(agent);
  if (found == agents_.end()) return;
  stages_[found->second.stage].agents -= 1;
  agents_.erase(found);
}

void stage_costs::begin_item(agent_id agent) {
  auto& one = agents_.at(agent);
  one.of_item = duration{0};
  one.at_work = true;
}

duration stage_costs::count(agent_id agent, duration busy, bool ends_item) {
  const auto found = agents_.find(agent);
  if (found == agents_.end()) return busy;
  auto& one = found->second;
  auto& own = stages_[one.stage];
  one.of_item += busy;
  if (ends_item && std::exchange(one.at_work, false)) {
    const auto cost = std::max(1.0, static_cast<double>(one.of_item.count()));
    own.per_item += own.per_item == 0 ? cost : (cost - own.per_item) * newest;
  }
  return duration{static_cast<duration::rep>(static_cast<double>(busy.count()) * worth(own))};
}

/// Returns the cost of an item in all stages, shared equally between all their agents, as a multiple of what it costs
/// each agent of this one.
double stage_costs::worth(const stage_cost& own) const {
  double cost = 0;
  double agents = 0;
  for (const auto& one : stages_) {
    if (one.agents > 0 && one.per_item == 0) return 1;  // as measured, until all are known
    if (one.agents > 0) cost += one.per_item;
    agents += one.agents;
  }
  return std::clamp(cost / agents * own.agents / own.per_item, 1 / furthest, furthest);
}

}  // namespace dunlin
