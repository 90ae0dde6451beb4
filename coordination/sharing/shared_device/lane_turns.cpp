// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/lane_turns.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

/// Of a process whose holders have nothing to run.
constexpr duration any_quantum = 10ms;

constexpr std::uint64_t never_told = 0;

/// Its process names it until it is over.
constexpr std::uint64_t by_another_home = ~std::uint64_t{0};

agent_id member(sharer_id sharer) noexcept { return {sharer.value}; }

bool overlap(const lane_key& a, const lane_key& b) {
  if (a.units.empty() || b.units.empty()) return true;
  return std::ranges::find_first_of(a.units, b.units) != a.units.end();
}

}  // namespace

void lane_turns::adopt(sharer_id sharer, const lane_permit& turn) {
  turns_[turn.serial] = {sharer, turn, by_another_home, false};
  last_serial_ = std::max(last_serial_, turn.serial);
}

void lane_turns::plan(std::span<const lane_claim> claims) {
  follow(claims);
  std::erase_if(turns_, [this](const auto& entry) { return entry.second.told == never_told; });  // may differ now
  for (auto& [serial, one] : turns_) {
    const auto lane = wanted_.find(one.permit.lane);
    const bool is_theirs = lane != wanted_.end() && lane->second.contains(one.sharer);
    const auto others = is_theirs ? wanting(one.permit.lane) - (lane->second.at(one.sharer) > duration{0} ? 1 : 0) : 0;
    if (!is_theirs || (one.permit.quantum == duration{0} && others > 0)) ask_back(one);
  }
  for (auto& [lane, ring] : rings_) give(lane, ring);
}

/// Members keep what they owe as long as they stay.
void lane_turns::follow(std::span<const lane_claim> claims) {
  decltype(wanted_) next;
  for (const auto& one : claims) next[one.lane][one.sharer] = one.wanted;
  for (const auto& [lane, members] : wanted_) {
    const auto still = next.find(lane);
    if (still == next.end()) {
      rings_.erase(lane);
      continue;
    }
    for (const auto& [sharer, wanted] : members)
      if (!still->second.contains(sharer)) rings_.at(lane).remove(member(sharer));
  }
  for (const auto& [lane, members] : next) {
    auto& ring = rings_.try_emplace(lane, turn_terms{}).first->second;
    for (const auto& [sharer, wanted] : members) {
      const auto who = member(sharer);
      if (!ring.contains(who)) ring.add(who, any_quantum, false);
      if (wanted > duration{0}) ring.set_quantum(who, wanted);
      ring.set_ready(who, wanted > duration{0});
    }
  }
  wanted_ = std::move(next);
}

std::size_t lane_turns::wanting(const lane_key& lane) const {
  const auto& members = wanted_.at(lane);
  return static_cast<std::size_t>(
      std::ranges::count_if(members, [](const auto& entry) { return entry.second > duration{0}; }));
}

void lane_turns::ask_back(turn& one) {
  if (!std::exchange(one.asked_back, true)) changed_.insert(one.sharer);
}

const lane_turns::turn* lane_turns::turn_on(const lane_key& lane) const {
  const auto found = std::ranges::find_if(turns_, [&](const auto& entry) { return entry.second.permit.lane == lane; });
  return found == turns_.end() ? nullptr : &found->second;
}

/// Within a process its own gate keeps steps apart.
bool lane_turns::is_free(const lane_key& lane, sharer_id for_whom) const {
  return std::ranges::none_of(turns_, [&](const auto& entry) {
    return entry.second.sharer != for_whom && overlap(entry.second.permit.lane, lane);
  });
}

void lane_turns::give(const lane_key& lane, turn_ring& ring) {
  if (turn_on(lane) != nullptr) return;
  const auto& members = wanted_.at(lane);
  sharer_id next;
  duration quantum{0};
  if (ring.anybody_ready()) {
    const auto first = *ring.advance();
    next = {first.value};
    if (wanting(lane) > 1) quantum = ring.left(first);
  } else if (members.size() == 1) {
    next = members.begin()->first;  // so that its next step need not wait for a message
  }
  if (!next || !is_free(lane, next)) return;
  const auto serial = ++last_serial_;
  turns_.emplace(serial, turn{next, {serial, lane, quantum}, never_told, false});
  changed_.insert(next);
}

// A sharer lists what it has and, until the home has heard of it, what it had. What it does not list although it has
// heard a message that is as new, it never had: that message had overtaken the one with the turn.

void lane_turns::on_report(sharer_id sharer, std::span<const sharer_turn> turns, std::uint64_t heard) {
  for (auto at = turns_.begin(); at != turns_.end();) {
    const auto here = at++;
    const auto& one = here->second;
    if (one.sharer != sharer) continue;
    const auto said = std::ranges::find(turns, here->first, [](const sharer_turn& it) { return it.turn.serial; });
    if (said == turns.end()) {
      if (one.told <= heard) turns_.erase(here);
    } else if (said->over) {
      end(here, said->busy);
    }
  }
}

void lane_turns::end(std::map<fencing_token, turn>::iterator at, duration busy) {
  const auto& one = at->second;
  const auto ring = rings_.find(one.permit.lane);
  // Nobody is charged for time that nobody else wanted.
  if (one.permit.quantum > duration{0} && ring != rings_.end() && ring->second.contains(member(one.sharer)))
    ring->second.charge(member(one.sharer), busy);
  turns_.erase(at);
}

void lane_turns::forget(sharer_id sharer) {
  std::erase_if(turns_, [=](const auto& entry) { return entry.second.sharer == sharer; });
}

std::vector<lane_permit> lane_turns::told_to(sharer_id sharer, std::uint64_t sequence) {
  std::vector<lane_permit> out;
  for (auto& [serial, one] : turns_) {
    if (one.sharer != sharer || one.asked_back) continue;
    if (one.told == never_told) one.told = sequence;
    out.push_back(one.permit);
  }
  return out;
}

void lane_turns::take_changed(std::set<sharer_id>& out) { out.merge(std::exchange(changed_, {})); }

std::vector<sharer_id> lane_turns::on_unit(std::uint32_t unit) const {
  std::vector<sharer_id> out;
  for (const auto& [serial, one] : turns_) {
    const auto& units = one.permit.lane.units;
    if (unit < units_ && (units.empty() || std::ranges::find(units, unit) != units.end())) out.push_back(one.sharer);
  }
  return out;
}

}  // namespace dunlin
