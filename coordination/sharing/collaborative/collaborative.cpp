// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/collaborative.hpp"

#include <algorithm>
#include <utility>

#include "coordination/sharing/collaborative/fair_division.hpp"
#include "coordination/sharing/collaborative/lane_plan.hpp"

namespace dunlin {

namespace {

constexpr std::uint64_t one_milli = whole_share / 1'000;
constexpr std::uint64_t smallest_share = one_milli / 10;
constexpr std::uint32_t common_lane = 0;

/// A turn that is longer or shorter by so little is not worth another contract.
bool is_about(duration one, duration other) noexcept {
  return (one > other ? one - other : other - one) * 500 <= other;
}

}  // namespace

result<std::unique_ptr<collaborative>> collaborative::make(const device_capacity& capacity,
                                                           const turn_options& options) {
  if (auto usable = options.check(); !usable) return fail(std::move(usable.error()));
  return std::unique_ptr<collaborative>{new collaborative{capacity, options}};
}

// -- who may take part

std::optional<share_grant> collaborative::place(agent_id holder, const share_wish& wish) {
  const auto own = allotted_to(holder);
  if (!has_room(members_.size(), own > 0 ? 0 : taken_)) return std::nullopt;
  members_.push_back({holder, wish});
  members_.back().move_to(common_lane);
  taken_ += own;
  plan();
  return members_.back().announce();
}

void collaborative::remove(agent_id holder) {
  const auto found = std::ranges::find(members_, holder, &member::holder);
  if (found == members_.end()) return;
  members_.erase(found);
  taken_ -= allotted_to(holder);
  stale_ = true;
}

bool collaborative::fits_without(const share_wish&, std::span<const agent_id> gone) const {
  auto taken = taken_;
  for (const auto holder : gone) taken -= allotted_to(holder);
  return has_room(members_.size() - gone.size(), taken);
}

std::string collaborative::lack(const share_wish& wish) const {
  if (fits_without(wish, {})) return {};
  if (members_.size() >= options_.most_holders)
    return std::to_string(members_.size()) + " agents take part, which is as many as may";
  return "all of the device is allotted until the next negotiation";
}

bool collaborative::has_room(std::uint64_t holders, std::uint64_t allotted) const noexcept {
  return holders < options_.most_holders && allotted < whole_share;
}

// -- what was negotiated

result<void> collaborative::settle(std::span<const allotment> allotments) {
  std::map<agent_id, std::uint64_t> next;
  std::uint64_t sum = 0;
  for (const auto& [holder, milli] : allotments) {
    sum += milli;
    if (!next.emplace(holder, milli * one_milli).second)
      return fail(errc::invalid_argument, "agent " + std::to_string(holder.value) + " is named twice", {},
                  "allotments");
  }
  if (sum > 1'000)
    return fail(errc::invalid_argument, std::to_string(sum) + " milli are allotted of one device", {}, "allotments");
  allotted_ = std::move(next);
  keep_promises();
  count_taken();
  plan();
  return {};
}

// -- what was reserved

bool collaborative::keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const {
  std::uint64_t milli = 0;
  for (const auto& wish : reserved) milli += wish.compute_milli;
  return reserved.size() + others.size() <= options_.most_holders && milli <= 1'000;
}

void collaborative::promise(agent_id holder, std::uint32_t compute_milli) {
  if (compute_milli == 0)
    promised_.erase(holder);
  else
    promised_[holder] = compute_milli * one_milli;
  keep_promises();
  count_taken();
  stale_ = true;
}

/// What is promised is there first; what was negotiated beyond that is scaled to what is left.
void collaborative::keep_promises() {
  std::uint64_t left = whole_share;
  for (const auto& [holder, share] : promised_) {
    left -= share;
    allotted_[holder] = std::max(allotted_[holder], share);
  }
  std::uint64_t beyond = 0;
  const auto promised_to = [this](agent_id holder) {
    const auto found = promised_.find(holder);
    return found == promised_.end() ? 0 : found->second;
  };
  for (const auto& [holder, share] : allotted_) beyond += share - promised_to(holder);
  if (beyond <= left) return;
  for (auto& [holder, share] : allotted_) {
    const auto promised = promised_to(holder);
    share = promised + (share - promised) * left / beyond;
  }
}

void collaborative::count_taken() {
  taken_ = 0;
  for (const auto& one : members_) taken_ += allotted_to(one.holder);
}

std::uint64_t collaborative::allotted_to(agent_id holder) const {
  const auto found = allotted_.find(holder);
  return found == allotted_.end() ? 0 : found->second;
}

void collaborative::share_rest() {
  if (stale_) plan();
}

void collaborative::take_regrants(std::vector<regrant>& out) {
  if (!std::exchange(planned_, false)) return;
  for (auto& one : members_)
    if (one.moved || !is_about(one.grant.quantum, one.announced_quantum)) out.push_back({one.holder, one.announce()});
}

// -- lanes

void collaborative::plan() {
  stale_ = false;
  planned_ = true;
  const auto parts = shares();
  give_units(own_units(parts, capacity_.compute_units));
  give_turns(parts);
}

/// Who holds a share is never quite without turns.
std::vector<std::uint64_t> collaborative::shares() const {
  std::vector<fair_claim> claims;
  claims.reserve(members_.size());
  for (const auto& one : members_) {
    const auto least = one.wish.compute_milli * one_milli;
    claims.push_back({one.wish.weight, memory_ppm(one.wish.memory_bytes, capacity_.memory_bytes),
                      allotted_to(one.holder), 0, least, std::max(one.wish.most_milli * one_milli, least)});
  }
  auto out = divide_fairly(claims, whole_share);
  for (auto& part : out) part = std::max(part, smallest_share);
  return out;
}

/// Whoever had units keeps as many of them as it may.
void collaborative::give_units(const std::vector<std::uint32_t>& own) {
  std::vector<bool> taken(capacity_.compute_units);
  auto count = own.begin();
  for (auto& one : members_) {
    one.keep_units(*count++);
    if (one.grant.lane == common_lane) continue;
    for (const auto unit : one.grant.units) taken[unit] = true;
  }
  count = own.begin();
  for (auto& one : members_) {
    const auto wanted = *count++;
    if (wanted == 0) continue;
    if (one.grant.lane == common_lane) one.move_to(free_lane());
    one.grant.compute_units = wanted;
    if (one.grant.units.size() < wanted) one.take_units(wanted, taken);
  }
}

/// On the units that are nobody's own.
void collaborative::give_turns(const std::vector<std::uint64_t>& shares) {
  std::vector<bool> taken(capacity_.compute_units);
  std::uint64_t largest = 1;
  auto share = shares.begin();
  for (const auto& one : members_) {
    if (one.grant.lane == common_lane)
      largest = std::max(largest, *share);
    else
      for (const auto unit : one.grant.units) taken[unit] = true;
    ++share;
  }
  std::vector<std::uint32_t> left;
  for (std::uint32_t unit = 0; unit < capacity_.compute_units; ++unit)
    if (!taken[unit]) left.push_back(unit);
  const bool changed = left != std::exchange(common_units_, left);
  share = shares.begin();
  for (auto& one : members_) {
    const auto its = *share++;
    if (one.grant.lane != common_lane) continue;
    if (changed || one.moved) one.work_on(left);
    one.grant.quantum = options_.quantum * its / largest;
  }
}

// -- a member

share_grant collaborative::member::announce() {
  announced_quantum = grant.quantum;
  moved = false;
  return grant;
}

void collaborative::member::move_to(std::uint32_t lane) {
  grant = {0, wish.memory_bytes, duration{0}, lane, {}};
  moved = true;
}

void collaborative::member::keep_units(std::uint32_t most) {
  if (grant.lane == common_lane) return;
  if (most == 0) return move_to(common_lane);
  if (grant.units.size() <= most) return;
  grant.units.resize(most);
  moved = true;
}

/// The first that are not taken.
void collaborative::member::take_units(std::uint32_t count, std::vector<bool>& taken) {
  for (std::uint32_t unit = 0; grant.units.size() < count; ++unit) {
    if (taken[unit]) continue;
    taken[unit] = true;
    grant.units.push_back(unit);
  }
  std::ranges::sort(grant.units);
  moved = true;
}

void collaborative::member::work_on(const std::vector<std::uint32_t>& common) {
  grant.units = common;
  grant.compute_units = static_cast<std::uint32_t>(common.size());
  moved = true;
}

// -- what is seen

std::uint32_t collaborative::free_lane() const {
  std::vector<bool> taken(members_.size() + 2);  // one of so many is free, beside the common one
  taken[common_lane] = true;
  for (const auto& one : members_)
    if (one.grant.lane < taken.size()) taken[one.grant.lane] = true;
  return static_cast<std::uint32_t>(std::ranges::find(taken, false) - taken.begin());
}

std::uint32_t collaborative::units_granted() const noexcept {
  std::uint32_t own = 0;
  std::uint32_t common = 0;
  for (const auto& one : members_) {
    if (one.grant.lane == common_lane)
      common = one.grant.compute_units;
    else
      own += one.grant.compute_units;
  }
  return own + common;
}

void collaborative::add_to(fingerprint& out) const {
  out.add(members_.size());
  for (const auto& one : members_) out.add(one.holder);
  out.add(allotted_.size());
  for (const auto& [holder, share] : allotted_) {
    out.add(holder);
    out.add(share);
  }
  out.add(promised_.size());
  for (const auto& [holder, share] : promised_) {
    out.add(holder);
    out.add(share);
  }
  out.add(stale_);
}

}  // namespace dunlin
