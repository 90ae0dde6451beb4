// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/step_turns.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

/// Of a lane with one holder, whose turn is always its own.
constexpr duration any_quantum = 10ms;

}  // namespace

step_turns::step_turns(std::uint32_t units, const turn_terms& terms) : terms_(terms), taken_(units) {}

// -- contracts

void step_turns::set_terms(const turn_terms& terms) {
  terms_ = terms;
  for (auto& [number, lane] : lanes_) lane.ring.set_terms(terms);
}

void step_turns::put(const share_contract& contract) {
  auto& one = holders_[contract.holder];
  const bool was_in_lane = one.token != 0 && !one.parked;
  const auto quantum = contract.granted.quantum > duration{0} ? contract.granted.quantum : any_quantum;
  const bool stays = was_in_lane && one.lane == contract.granted.lane && one.units == contract.granted.units;
  if (was_in_lane && !stays) leave_lane(contract.holder, one);
  one.token = contract.token;
  one.lane = contract.granted.lane;
  one.units = contract.granted.units;
  one.quantum = quantum;
  one.interactive = contract.requested.interactive;
  one.parked = false;
  if (stays)
    lanes_.at(one.lane).ring.set_quantum(contract.holder, quantum);
  else
    enter_lane(contract.holder, one);
}

void step_turns::park(agent_id holder) {
  const auto found = holders_.find(holder);
  if (found == holders_.end() || found->second.parked) return;
  leave_lane(holder, found->second);
  found->second.parked = true;
}

void step_turns::remove(agent_id holder) {
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return;
  if (!found->second.parked) leave_lane(holder, found->second);
  holders_.erase(found);
}

void step_turns::enter_lane(agent_id holder, const holding& one) {
  auto& lane = lanes_.try_emplace(one.lane, step_turns::lane{turn_ring{terms_}, {}}).first->second;
  lane.units = one.units;
  lane.ring.add(holder, one.quantum, one.interactive);
  if (one.waits) lane.ring.set_ready(holder, true);
}

void step_turns::leave_lane(agent_id holder, const holding& one) {
  const auto lane = lanes_.find(one.lane);
  lane->second.ring.remove(holder);
  if (lane->second.ring.size() == 0) lanes_.erase(lane);
}

// -- steps

result<void> step_turns::arrive(agent_id holder, fencing_token token) {
  const auto found = holders_.find(holder);
  if (found == holders_.end())
    return fail(errc::not_holder, "agent " + std::to_string(holder.value) + " has no share of this device");
  auto& one = found->second;
  if (token != one.token)
    return fail(errc::fenced_off, "agent " + std::to_string(holder.value) + " shows token " + std::to_string(token) +
                                      ", its contract has " + std::to_string(one.token));
  if (one.waits || running_.contains(holder))
    return fail(errc::conflict, "agent " + std::to_string(holder.value) + " has a step already");
  one.waits = true;
  if (!one.parked) lanes_.at(one.lane).ring.set_ready(holder, true);
  return {};
}

void step_turns::withdraw(agent_id holder) {
  const auto found = holders_.find(holder);
  if (found == holders_.end() || !std::exchange(found->second.waits, false)) return;
  if (!found->second.parked) lanes_.at(found->second.lane).ring.set_ready(holder, false);
}

void step_turns::end_step(agent_id holder, duration busy, bool more) {
  const auto ran = running_.find(holder);
  if (ran == running_.end()) return;
  take(ran->second, false);
  running_.erase(ran);
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return;  // its lease ended while it ran
  auto& one = found->second;
  one.waits = more;
  if (one.parked) return;
  auto& ring = lanes_.at(one.lane).ring;
  ring.charge(holder, busy);
  ring.set_ready(holder, more);
}

void step_turns::take_begun(std::vector<agent_id>& out) {
  for (auto& [number, lane] : lanes_) {
    if (!lane.ring.anybody_ready() || !is_free(lane.units)) continue;
    const auto next = *lane.ring.advance();
    holders_.at(next).waits = false;
    take(lane.units, true);
    running_.emplace(next, lane.units);
    out.push_back(next);
  }
}

bool step_turns::is_free(const std::vector<std::uint32_t>& units) const {
  if (units.empty()) return taken_count_ == 0;
  return std::ranges::none_of(units, [this](std::uint32_t unit) { return taken_[unit]; });
}

void step_turns::take(const std::vector<std::uint32_t>& units, bool taken) {
  const auto mark = [&](std::size_t unit) {
    if (taken_[unit] == taken) return;
    taken_[unit] = taken;
    taken_count_ += taken ? 1 : -1;
  };
  for (const auto unit : units) mark(unit);
  if (units.empty())
    for (std::size_t unit = 0; unit < taken_.size(); ++unit) mark(unit);
}

}  // namespace dunlin
