// SPDX-License-Identifier: Apache-2.0
#include "actors/node/agent_roster.hpp"

#include <algorithm>
#include <utility>

#include "coordination/orchestration/node_rows.hpp"

namespace dunlin {

std::size_t agent_roster::intern(const agent_class& its_class) {
  const auto same = [&](const agent_class& known) {
    return known.kind == its_class.kind && known.capabilities == its_class.capabilities &&
           known.isolation == its_class.isolation;
  };
  const auto at = std::ranges::find_if(classes_, same);
  if (at != classes_.end()) return static_cast<std::size_t>(at - classes_.begin());
  classes_.push_back(its_class);
  classes_.back().instances = 0;
  return classes_.size() - 1;
}

void agent_roster::add(const crew_handle& crew, const agent_class& its_class, const std::vector<agent_id>& ids) {
  const auto number = intern(its_class);
  classes_[number].instances += static_cast<std::uint32_t>(ids.size());
  crews_[crew.id()] = ids;
  for (const auto id : ids) {
    const auto slot = agent_row::worker_of(id);
    if (slot >= agents_.size()) agents_.resize(slot + 1);
    agents_[slot] = {id, crew, number};
  }
}

std::vector<agent_id> agent_roster::take_crew(const crew_handle& crew) {
  const auto known = crews_.find(crew.id());
  if (known == crews_.end()) return {};
  auto ids = std::move(known->second);
  crews_.erase(known);
  return ids;
}

void agent_roster::remove(agent_id id) {
  auto& gone = agents_[agent_row::worker_of(id)];
  --classes_[gone.its_class].instances;
  gone.crew = nullptr;
}

bool agent_roster::part(agent_id id) {
  const auto known = crews_.find(crew_of(id).id());
  std::erase(known->second, id);
  if (!known->second.empty()) return true;
  crews_.erase(known);
  return false;
}

const crew_handle& agent_roster::crew_of(agent_id id) const {
  static const crew_handle nobody;
  const auto& row = agents_[agent_row::worker_of(id)];
  return row.id == id ? row.crew : nobody;
}

}  // namespace dunlin
