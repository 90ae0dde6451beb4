// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/model_checker.hpp"

#include <algorithm>

namespace dunlin::model {

namespace {

constexpr std::size_t longest_way_to_rest = 200;  // events

}  // namespace

findings model_checker::explore(std::uint32_t depth) {
  std::size_t next = 0;
  known_.insert(swarm_.start().number());
  bool well = meet(swarm_.start(), 0, {});
  for (std::uint32_t level = 0; well && level < depth && next < reached_.size(); ++level) {
    const auto end = reached_.size();
    while (well && next < end) well = expand(static_cast<std::uint32_t>(next++));
    if (reached_.size() > end) found_.depth = level + 1;
  }
  found_.complete = well && next == reached_.size();
  found_.states = reached_.size();
  found_.device_states = swarm_.table().size();
  found_.comparisons = swarm_.table().comparisons();
  if (const auto& differs = swarm_.table().differs(); !differs.empty())
    found_.story = "two states with the same fingerprint differ: " + differs;
  return found_;
}

bool model_checker::expand(std::uint32_t index) {
  successors_.clear();
  swarm_.successors(reached_[index].state, successors_);
  found_.transitions += successors_.size();
  for (const auto& [by, next] : successors_)
    if (known_.insert(next.number()) && !meet(next, index, by)) return false;
  return true;
}

bool model_checker::meet(const swarm_state& state, std::uint32_t from, const move& by) {
  const auto index = static_cast<std::uint32_t>(reached_.size());
  reached_.push_back({state, from, by});
  if (const auto wrong = swarm_.wrong(state); !wrong.empty()) return tell(index, {}, wrong);
  return comes_to_rest(index);
}

/// No deadlock: once nobody asks any more and every holder runs its last step and releases, all that wait are served
/// and nothing is left, without any time having to pass.
bool model_checker::comes_to_rest(std::uint32_t index) {
  auto state = reached_[index].state;
  state.left = {0, 0};
  std::vector<move> way;
  while (rests_.insert(state.number())) {
    const auto next = swarm_.next_towards_rest(state);
    if (!next) {
      if (const auto unrest = swarm_.unrest(state); !unrest.empty()) return tell(index, way, unrest);
      break;
    }
    way.push_back(next->first);
    state = next->second;
    if (const auto wrong = swarm_.wrong(state); !wrong.empty()) return tell(index, way, wrong);
    if (way.size() > longest_way_to_rest) return tell(index, way, "the agents never come to rest");
  }
  return true;
}

bool model_checker::tell(std::uint32_t index, std::vector<move> more, const std::string& wrong) {
  std::vector<move> way;
  for (auto at = index; at != 0; at = reached_[at].from) way.push_back(reached_[at].by);
  std::reverse(way.begin(), way.end());
  way.insert(way.end(), more.begin(), more.end());
  found_.story = swarm_.story_of(way) + "  => " + wrong + "\n";
  return false;
}

}  // namespace dunlin::model
