// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/gang/wait_search.hpp"

#include <algorithm>

namespace dunlin {

std::string wait_search::circle_by_waiting(agent_id agent, const wait_target& what) {
  const auto target = graph_.targets_.find(what);
  if (target == graph_.targets_.end()) return {};
  for (const auto holder : target->second.holders) {
    way_.push_back({agent, what, holder});
    if (holder == agent || find_way(holder, agent)) return in_words();
    way_.pop_back();
  }
  return {};
}

std::string wait_search::circle_by_holding(agent_id agent, const wait_target& what) {
  const auto target = graph_.targets_.find(what);
  if (target == graph_.targets_.end()) return {};
  for (const auto waiting : target->second.waiters) {
    if (waiting == agent) continue;  // it waits for it no longer
    way_.push_back({waiting, what, agent});
    seen_.clear();  // what leads to nobody before may lead to this one
    if (find_way(agent, waiting)) return in_words();
    way_.pop_back();
  }
  return {};
}

/// Follows who waits for whom; what it went through is in `way_` if it arrives.
bool wait_search::find_way(agent_id from, agent_id to) {
  if (!seen_.insert(from).second) return false;
  const auto at = graph_.agents_.find(from);
  if (at == graph_.agents_.end()) return false;
  for (const auto& what : at->second.waits)
    for (const auto holder : graph_.targets_.at(what).holders) {
      way_.push_back({from, what, holder});
      if (holder == to || find_way(holder, to)) return true;
      way_.pop_back();
    }
  return false;
}

std::string wait_search::in_words() const {
  std::string out;
  for (const auto& each : way_)
    out += (out.empty() ? "agent " + std::to_string(each.waiting.value) + " waits for " : ", which waits for ") +
           each.what.in_words() + ", held by agent " + std::to_string(each.holder.value);
  return out;
}

std::size_t wait_search::chain_by_holding(agent_id agent, const wait_target& what) {
  std::size_t above = 0;
  if (const auto target = graph_.targets_.find(what); target != graph_.targets_.end())
    for (const auto waiting : target->second.waiters)
      if (waiting != agent) above = std::max(above, chain_up(waiting));
  return std::max(chain_up(agent), above + 1) - 1 + chain_down(agent);
}

std::size_t wait_search::chain_by_waiting(agent_id agent, const wait_target& what) {
  std::size_t below = 0;
  if (const auto target = graph_.targets_.find(what); target != graph_.targets_.end())
    for (const auto holder : target->second.holders) below = std::max(below, chain_down(holder));
  return chain_up(agent) + below;
}

std::size_t wait_search::chain_down(agent_id from) {
  if (const auto known = down_.find(from); known != down_.end()) return known->second;
  std::size_t below = 0;
  for (const auto holder : graph_.waits_for(from)) below = std::max(below, chain_down(holder));
  return down_[from] = below + 1;
}

std::size_t wait_search::chain_up(agent_id from) {
  if (const auto known = up_.find(from); known != up_.end()) return known->second;
  std::size_t above = 0;
  if (const auto at = graph_.agents_.find(from); at != graph_.agents_.end())
    for (const auto& what : at->second.holds)
      for (const auto waiting : graph_.targets_.at(what).waiters) above = std::max(above, chain_up(waiting));
  return up_[from] = above + 1;
}

}  // namespace dunlin
