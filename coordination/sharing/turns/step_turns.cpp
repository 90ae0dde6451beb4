// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/turns/step_turns.hpp"

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
  for (auto& [number, lane] : lanes_)
    if (auto* ring = std::get_if<turn_ring>(&lane.turns)) ring->set_terms(terms);
}

void step_turns::put(const share_contract& contract) {
  auto& one = holders_[contract.holder];
  const auto& granted = contract.granted;
  const bool was_in_lane = one.token != 0 && !one.parked;
  const auto quantum = granted.quantum > duration{0} ? granted.quantum : any_quantum;
  const bool stays =
      was_in_lane && one.lane == granted.lane && one.units == granted.units && one.pooled == granted.pooled;
  if (was_in_lane && !stays) leave_lane(contract.holder, one);
  one.token = contract.token;
  one.lane = granted.lane;
  one.units = granted.units;
  one.quantum = quantum;
  one.interactive = contract.requested.interactive;
  one.pooled = granted.pooled;
  one.parked = false;
  if (stays)
    std::visit([&](auto& turns) { turns.set_quantum(contract.holder, quantum); }, lanes_.at(key_of(one)).turns);
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
  auto found = lanes_.find(key_of(one));
  if (found == lanes_.end()) {
    const auto count = one.units.empty() ? taken_.size() : one.units.size();
    lane added{turn_ring{terms_}, {}};
    if (one.pooled) added.turns = fair_pool{static_cast<std::uint32_t>(count)};
    found = lanes_.emplace(key_of(one), std::move(added)).first;
  }
  auto& lane = found->second;
  lane.units = one.units;
  if (auto* pool = std::get_if<fair_pool>(&lane.turns))
    pool->add(holder, one.quantum);
  else
    std::get<turn_ring>(lane.turns).add(holder, one.quantum, one.interactive);
  if (one.waits) set_ready(holder, one, true);
}

void step_turns::leave_lane(agent_id holder, const holding& one) {
  const auto lane = lanes_.find(key_of(one));
  const auto leave = [holder](auto& turns) {
    turns.remove(holder);
    return turns.size() == 0;
  };
  if (std::visit(leave, lane->second.turns)) lanes_.erase(lane);
}

void step_turns::set_ready(agent_id holder, const holding& one, bool ready) {
  std::visit([&](auto& turns) { turns.set_ready(holder, ready); }, lanes_.at(key_of(one)).turns);
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
  if (!one.parked) set_ready(holder, one, true);
  return {};
}

void step_turns::withdraw(agent_id holder) {
  const auto found = holders_.find(holder);
  if (found == holders_.end() || !std::exchange(found->second.waits, false)) return;
  if (!found->second.parked) set_ready(holder, found->second, false);
}

void step_turns::end_step(agent_id holder, duration busy, bool more) {
  const auto ran = running_.find(holder);
  if (ran == running_.end()) return;
  take(ran->second.units, false);
  if (permits_) permits_->end(ran->second.permit, busy);
  running_.erase(ran);
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return;  // its lease ended while it ran
  auto& one = found->second;
  one.waits = more;
  if (one.parked) return;
  std::visit(
      [&](auto& turns) {
        turns.charge(holder, busy);
        turns.set_ready(holder, more);
      },
      lanes_.at(key_of(one)).turns);
}

void step_turns::take_begun(std::vector<agent_id>& out, time_point now) {
  for (auto& [number, lane] : lanes_) fill(number, lane, now, out);
  if (permits_) permits_->pass_on([this](const lane_key& lane) { return wants(lane); });
}

/// In a pool several steps begin at once, elsewhere one.
void step_turns::fill(const lane_number& number, lane& from, time_point now, std::vector<agent_id>& out) {
  const lane_key key{number.first, number.second, from.units};
  if (auto* ring = std::get_if<turn_ring>(&from.turns)) {
    if (!ring->anybody_ready() || !is_free(from.units)) return;
    if (const auto permit = permit_for(key, now)) begin(*ring->advance(), from.units, *permit, out);
    return;
  }
  auto& pool = std::get<fair_pool>(from.turns);
  while (pool.anybody_ready() && free_one(from.units)) {
    const auto permit = permit_for(key, now);
    if (!permit) return;
    const auto next = *pool.begin();
    begin(next, unit_for(next, from.units), *permit, out);
  }
}

std::optional<fencing_token> step_turns::permit_for(const lane_key& lane, time_point now) {
  return permits_ ? permits_->begin(lane, now) : std::optional<fencing_token>{0};
}

bool step_turns::wants(const lane_key& lane) const {
  const auto found = lanes_.find({lane.lane, lane.pooled});
  if (found == lanes_.end() || found->second.units != lane.units) return false;
  return std::visit([](const auto& turns) { return turns.anybody_ready(); }, found->second.turns);
}

/// Returns the free unit that its last step had, if it can be.
std::vector<std::uint32_t> step_turns::unit_for(agent_id next, const std::vector<std::uint32_t>& units) {
  auto& last = holders_.at(next).last_unit;
  const bool known = last && !taken_[*last] && (units.empty() || std::ranges::find(units, *last) != units.end());
  if (!known) last = free_one(units);
  return {*last};
}

void step_turns::begin(agent_id holder, std::vector<std::uint32_t> units, fencing_token permit,
                       std::vector<agent_id>& out) {
  holders_.at(holder).waits = false;
  take(units, true);
  running_.emplace(holder, running_step{std::move(units), permit});
  out.push_back(holder);
}

std::optional<std::uint32_t> step_turns::free_one(const std::vector<std::uint32_t>& units) const {
  if (units.empty()) {
    const auto free = std::ranges::find(taken_, false);
    return free == taken_.end() ? std::nullopt : std::optional{static_cast<std::uint32_t>(free - taken_.begin())};
  }
  const auto free = std::ranges::find_if(units, [this](std::uint32_t unit) { return !taken_[unit]; });
  return free == units.end() ? std::nullopt : std::optional{*free};
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
