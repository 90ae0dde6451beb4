// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/pipeline/item_flow.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace dunlin {

item_flow::item_flow(stage_graph graph) : graph_(std::move(graph)), stages_(graph_.size()) {}

// -- who serves

result<void> item_flow::join(agent_id agent, std::size_t stage) {
  auto& its = stages_[stage];
  const auto& spec = graph_.spec(stage);
  if (const auto known = agents_.find(agent); known != agents_.end())
    return fail(errc::conflict, "agent " + std::to_string(agent.value) + " serves stage '" +
                                    graph_.spec(known->second.stage).name + "' already");
  if (its.agents >= spec.parallelism)
    return fail(errc::overloaded, std::to_string(its.agents) + " agents serve stage '" + spec.name + "' already",
                "give the stage a higher parallelism, or try again when one has left");
  const bool too_late = is_over(stage) && all_saw_end(stage);
  agents_[agent] = {stage, too_late ? stream_ + 1 : stream_, 0, std::nullopt};
  if (++its.agents == 1 && stage == graph_.first()) {
    ++stream_;
    for (auto& one : stages_) one.ends = 0;
  }
  return {};
}

void item_flow::leave(agent_id agent) {
  const auto found = agents_.find(agent);
  if (found == agents_.end()) return;
  finish(agent, false);
  auto& its = stages_[found->second.stage];
  std::erase(its.asking, agent);
  --its.agents;
  agents_.erase(found);
}

std::optional<std::size_t> item_flow::stage_of(agent_id agent) const {
  const auto found = agents_.find(agent);
  return found == agents_.end() ? std::nullopt : std::optional{found->second.stage};
}

std::optional<std::uint64_t> item_flow::item_of(agent_id agent) const {
  const auto found = agents_.find(agent);
  return found == agents_.end() ? std::nullopt : found->second.item;
}

// -- items

void item_flow::ask(agent_id agent) { stages_[agents_.at(agent).stage].asking.push_back(agent); }

bool item_flow::finish(agent_id agent, bool well) {
  auto& one = agents_.at(agent);
  if (!one.item) return false;
  pass(one.stage, *std::exchange(one.item, std::nullopt), well);
  return true;
}

/// What a stage takes makes room for those before it: so the last ones come first.
void item_flow::take_grants(std::vector<flow_grant>& out) {
  bool moved = true;
  while (std::exchange(moved, false))
    for (auto stage = graph_.order().rbegin(); stage != graph_.order().rend(); ++stage)
      while (advance(*stage, out)) moved = true;
}

bool item_flow::advance(std::size_t stage, std::vector<flow_grant>& out) {
  if (stage == graph_.first()) return offer(stage, out);
  return is_available(stage) ? take(stage, out) : end_one(stage, out);
}

bool item_flow::offer(std::size_t stage, std::vector<flow_grant>& out) {
  auto& its = stages_[stage];
  if (its.asking.empty() || !has_room(stage)) return false;
  out.push_back({its.asking.front(), flow_grant::kind_type::room, stage, its.taken});
  its.asking.pop_front();
  pass(stage, its.taken++, true);
  return true;
}

bool item_flow::take(std::size_t stage, std::vector<flow_grant>& out) {
  auto& its = stages_[stage];
  if (!has_room(stage)) return false;
  const auto item = its.taken;
  const bool failed = has_failed(stage, item);
  const bool nobody_takes_it = failed && !graph_.is_last(stage);
  if (!nobody_takes_it && its.asking.empty()) return false;
  ++its.taken;
  for (const auto before : graph_.before(stage)) forget_failed(before);
  if (nobody_takes_it) {
    pass(stage, item, false);
    return true;
  }
  const auto agent = its.asking.front();
  its.asking.pop_front();
  agents_.at(agent).item = item;
  out.push_back({agent, failed ? flow_grant::kind_type::failed_item : flow_grant::kind_type::item, stage, item});
  return true;
}

bool item_flow::end_one(std::size_t stage, std::vector<flow_grant>& out) {
  if (!is_over(stage)) return false;
  auto& asking = stages_[stage].asking;
  const auto sees_it = [this](agent_id agent) { return agents_.at(agent).stream <= stream_; };
  const auto found = std::ranges::find_if(asking, sees_it);
  if (found == asking.end()) return false;
  if (std::exchange(agents_.at(*found).ended, stream_) != stream_) ++stages_[stage].ends;
  out.push_back({*found, flow_grant::kind_type::end, stage, stages_[stage].taken});
  asking.erase(found);
  return true;
}

void item_flow::pass(std::size_t stage, std::uint64_t item, bool well) {
  auto& its = stages_[stage];
  its.done.emplace(item, well);
  while (!its.done.empty() && its.done.begin()->first == its.passed) {
    if (!its.done.begin()->second && !graph_.is_last(stage)) its.failed.insert(its.passed);
    its.done.erase(its.done.begin());
    ++its.passed;
  }
}

void item_flow::forget_failed(std::size_t stage) {
  auto& failed = stages_[stage].failed;
  failed.erase(failed.begin(), failed.lower_bound(needed_from(stage)));
}

// -- counts

bool item_flow::is_available(std::size_t stage) const {
  const auto has_it = [&](std::size_t before) { return stages_[before].passed > stages_[stage].taken; };
  return std::ranges::all_of(graph_.before(stage), has_it);
}

bool item_flow::has_failed(std::size_t stage, std::uint64_t item) const {
  const auto failed = [&](std::size_t before) { return stages_[before].failed.contains(item); };
  return std::ranges::any_of(graph_.before(stage), failed);
}

/// An agent of the first stage has its item in its own hands until there is room for it.
bool item_flow::has_room(std::size_t stage) const {
  const auto& its = stages_[stage];
  const std::uint64_t at_work = stage == graph_.first() ? 0 : graph_.spec(stage).parallelism;
  if (graph_.is_last(stage)) return its.taken - its.passed < graph_.spec(stage).ring + at_work;
  return std::ranges::all_of(graph_.next(stage), [&](std::size_t next) {
    return its.taken - stages_[next].taken < graph_.spec(next).ring + at_work;
  });
}

/// Nobody offers any more, and the stage has taken everything.
bool item_flow::is_over(std::size_t stage) const {
  return stages_[graph_.first()].agents == 0 && stages_[stage].taken == offered();
}

/// Nobody else is to see the end of the newest stream: as many as may serve the stage saw it, or will.
bool item_flow::all_saw_end(std::size_t stage) const {
  const auto will_see = [&](const auto& one) {
    return one.second.stage == stage && one.second.stream <= stream_ && one.second.ended != stream_;
  };
  const auto coming = static_cast<std::uint64_t>(std::ranges::count_if(agents_, will_see));
  return stream_ == 0 || stages_[stage].ends + coming >= graph_.spec(stage).parallelism;
}

std::uint64_t item_flow::in_flight() const {
  std::uint64_t most = 0;
  for (std::size_t stage = 0; stage < stages_.size(); ++stage)
    if (graph_.is_last(stage)) most = std::max(most, offered() - stages_[stage].passed - stages_[stage].done.size());
  return most;
}

std::uint64_t item_flow::needed_from(std::size_t stage) const {
  auto oldest = std::numeric_limits<std::uint64_t>::max();
  for (const auto next : graph_.next(stage)) oldest = std::min(oldest, stages_[next].taken);
  return oldest;
}

std::uint64_t item_flow::settled() const {
  auto oldest = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t stage = 0; stage < stages_.size(); ++stage)
    if (graph_.is_last(stage)) oldest = std::min(oldest, stages_[stage].passed);
  return oldest;
}

}  // namespace dunlin
