// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/gang/wait_graph.hpp"

#include <algorithm>
#include <utility>

#include "coordination/sharing/gang/wait_search.hpp"

namespace dunlin {

namespace {

result<void> refuse_circle(const std::string& circle) {
  return fail(errc::conflict, "it would wait for itself: " + circle,
              "ask for devices in the order of their numbers, or for all at once");
}

result<void> refuse_chain(std::size_t chain, std::size_t longest) {
  return fail(errc::overloaded, std::to_string(chain) + " agents would wait for each other in a row",
              "at most " + std::to_string(longest) + "; try again later");
}

}  // namespace

result<void> wait_graph::admit(agent_id agent, std::uint8_t priority) {
  if (!agent) return fail(errc::invalid_argument, "nobody waits", {}, "agent");
  if (priority < 1 || priority > 10)
    return fail(errc::invalid_argument, "priority " + std::to_string(priority), "1 to 10", "priority");
  if (!agents_.contains(agent) && agents_.size() >= limits_.most_agents)
    return fail(errc::overloaded, std::to_string(agents_.size()) + " agents hold or wait already", "try again later");
  return {};
}

result<void> wait_graph::on_waits(agent_id agent, std::uint8_t priority, const wait_target& what, wait_effects& out) {
  if (auto admitted = admit(agent, priority); !admitted) return admitted;
  if (const auto known = agents_.find(agent); known != agents_.end() && known->second.waits.contains(what))
    return fail(errc::conflict, "agent " + std::to_string(agent.value) + " waits for " + what.in_words() + " already");
  wait_search search{*this};
  if (const auto circle = search.circle_by_waiting(agent, what); !circle.empty()) return refuse_circle(circle);
  if (const auto chain = search.chain_by_waiting(agent, what); chain > limits_.longest_chain)
    return refuse_chain(chain, limits_.longest_chain);
  auto& one = enter(agent, priority);
  one.waits.insert(what);
  auto& target = targets_[what];
  target.waiters.insert(agent);
  auto changed = target.holders;
  changed.insert(agent);
  arrive(agent, what, changed, out);
  return {};
}

result<void> wait_graph::on_holds(agent_id agent, std::uint8_t priority, const wait_target& what, wait_effects& out) {
  if (auto admitted = admit(agent, priority); !admitted) return admitted;
  wait_search search{*this};
  if (const auto circle = search.circle_by_holding(agent, what); !circle.empty()) return refuse_circle(circle);
  if (const auto chain = search.chain_by_holding(agent, what); chain > limits_.longest_chain)
    return refuse_chain(chain, limits_.longest_chain);
  auto& one = enter(agent, priority);
  auto& target = targets_[what];
  auto changed = target.holders;  // nobody of them keeps it waiting any more
  one.waits.erase(what);
  target.waiters.erase(agent);
  one.holds.insert(what);
  target.holders.insert(agent);
  changed.insert(agent);
  arrive(agent, what, changed, out);
  return {};
}

void wait_graph::on_released(agent_id agent, const wait_target& what, wait_effects& out) {
  if (!agents_.contains(agent)) return;
  std::set<agent_id> changed{agent};
  leave(agent, what, changed);
  settle(changed, out);
  forget_if_idle(agent);
}

void wait_graph::on_gone(agent_id agent, wait_effects& out) {
  const auto at = agents_.find(agent);
  if (at == agents_.end()) return;
  std::set<agent_id> changed;
  auto all = at->second.holds;
  all.insert(at->second.waits.begin(), at->second.waits.end());
  for (const auto& what : all) leave(agent, what, changed);
  agents_.erase(agent);
  changed.erase(agent);
  settle(changed, out);
}

wait_graph::one_agent& wait_graph::enter(agent_id agent, std::uint8_t priority) {
  auto& one = agents_[agent];
  if (one.priority == 0) one.priority = priority;  // a newcomer: it is known where it asks
  one.own = priority;
  return one;
}

/// What was lent to the agent before has to be said at the new place too.
void wait_graph::arrive(agent_id agent, const wait_target& what, const std::set<agent_id>& changed, wait_effects& out) {
  const auto& one = agents_.at(agent);
  const auto before = one.lent;
  settle(changed, out);
  if (one.lent == before && before > 0) out.push_back({agent, what, before});
}

/// Takes the agent off this, and names those that it may have kept up.
void wait_graph::leave(agent_id agent, const wait_target& what, std::set<agent_id>& changed) {
  const auto at = targets_.find(what);
  if (at == targets_.end()) return;
  auto& [holders, waiters] = at->second;
  if (waiters.erase(agent) > 0) changed.insert(holders.begin(), holders.end());
  holders.erase(agent);
  auto& one = agents_.at(agent);
  one.holds.erase(what);
  one.waits.erase(what);
  if (holders.empty() && waiters.empty()) targets_.erase(at);
}

void wait_graph::forget_if_idle(agent_id agent) {
  const auto at = agents_.find(agent);
  if (at != agents_.end() && at->second.holds.empty() && at->second.waits.empty()) agents_.erase(at);
}

// -- loans

void wait_graph::say(agent_id agent, const one_agent& one, wait_effects& out) {
  for (const auto& what : one.holds) out.push_back({agent, what, one.lent});
  for (const auto& what : one.waits) out.push_back({agent, what, one.lent});
}

std::uint8_t wait_graph::highest_behind(const one_agent& one) const {
  std::uint8_t highest = 0;
  for (const auto& what : one.holds)
    for (const auto waiting : targets_.at(what).waiters) highest = std::max(highest, agents_.at(waiting).priority);
  return highest;
}

/// Goes on to those that keep an agent waiting whose priority has changed. There is no circle, so it ends.
void wait_graph::settle(const std::set<agent_id>& changed, wait_effects& out) {
  auto open = changed;
  while (!open.empty()) {
    const auto agent = *open.begin();
    open.erase(open.begin());
    auto& one = agents_.at(agent);
    const auto highest = highest_behind(one);
    const auto lent = highest > one.own ? highest : std::uint8_t{0};
    if (std::exchange(one.lent, lent) != lent) say(agent, one, out);
    const auto priority = std::max(one.own, lent);
    if (std::exchange(one.priority, priority) == priority) continue;
    const auto next = waits_for(agent);
    open.insert(next.begin(), next.end());
  }
}

// -- reading

std::uint8_t wait_graph::priority_of(agent_id agent) const noexcept {
  const auto at = agents_.find(agent);
  return at == agents_.end() ? std::uint8_t{0} : at->second.priority;
}

std::set<agent_id> wait_graph::waits_for(agent_id agent) const {
  std::set<agent_id> out;
  const auto at = agents_.find(agent);
  if (at == agents_.end()) return out;
  for (const auto& what : at->second.waits) {
    const auto& holders = targets_.at(what).holders;
    out.insert(holders.begin(), holders.end());
  }
  return out;
}

}  // namespace dunlin
