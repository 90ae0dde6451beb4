// SPDX-License-Identifier: Apache-2.0
// What a home makes of decisions: what each sharer is to hear, and where turns go.
#include <algorithm>
#include <set>
#include <utility>

#include "coordination/sharing/shared_device/device_home.hpp"

namespace dunlin {

namespace {

/// Of a holder whose contract names no turns.
constexpr duration any_quantum = 10ms;

}  // namespace

/// After each decision, so that the next one finds what followed from it.
void device_home::absorb() {
  const auto decided = std::exchange(effects_, {});
  for (const auto& effect : decided.leases) std::visit([this](const auto& one) { see(one); }, effect);
  for (const auto& message : decided.messages) std::visit([this](const auto& one) { see(one); }, message);
}

/// Brings what is told in line with what was decided.
void device_home::settle() {
  absorb();
  announce();
  plan_turns();
}

void device_home::put(const share_contract& contract) {
  const auto found = seats_.find(contract.holder);
  if (found == seats_.end()) return;
  auto& told = found->second.told;
  told.state = seat_state::holding;
  told.token = contract.token;
  told.pattern = contract.pattern;
  told.granted = contract.granted;
  told.compute_enforcement = contract.compute_enforcement;
  told.memory_enforcement = contract.memory_enforcement;
  roster_.tell(sharer_of(contract.holder));
}

void device_home::see(const share_parked& e) {
  const auto found = seats_.find(e.holder);
  if (found == seats_.end()) return;
  auto& told = found->second.told;
  told.state = seat_state::parked;
  told.token = e.token;
  told.granted = {0, told.granted.memory_bytes, duration{0}, 0, {}};
  told.why = error{errc::none, e.why};
  roster_.tell(sharer_of(e.holder));
}

void device_home::see(const share_recalled& e) {
  const auto found = seats_.find(e.holder);
  if (found == seats_.end()) return;
  found->second.told.state = seat_state::recalled;
  found->second.told.why = error{errc::none, e.why};
  roster_.tell(sharer_of(e.holder));
}

void device_home::end_seat(agent_id far, const error& why) {
  const auto found = seats_.find(far);
  if (found == seats_.end()) return;
  found->second.told.state = seat_state::ended;
  found->second.told.why = why;
  roster_.tell(sharer_of(far));
}

void device_home::see(const bids_called& e) {
  call_ = e;
  offers_.clear();
  for (const auto far : e.to) roster_.tell(sharer_of(far));
}

void device_home::see(const share_offered& e) {
  offers_[e.offer.to] = e.offer;
  roster_.tell(sharer_of(e.offer.to));
}

/// A contract with bytes is told of only when they are free for certain. Older ones first.
void device_home::announce() {
  std::uint64_t out = 0;
  std::vector<seat*> fresh;
  for (auto& [far, one] : seats_) {
    if (one.announced)
      out += one.told.granted.memory_bytes;
    else if (one.told.state == seat_state::holding)
      fresh.push_back(&one);
  }
  std::ranges::sort(fresh, {}, [](const seat* one) { return one->told.token; });
  for (auto* one : fresh) {
    const auto bytes = one->told.granted.memory_bytes;
    if (out + bytes > config_.device.capacity.memory_bytes) continue;
    out += bytes;
    one->announced = true;
  }
}

void device_home::plan_turns() {
  if (heritage_) return;
  std::map<std::pair<sharer_id, lane_key>, duration> sums;
  for (const auto& [far, one] : seats_) {
    const bool holds = one.told.state == seat_state::holding || one.told.state == seat_state::recalled;
    if (!holds || !one.announced) continue;
    const auto& granted = one.told.granted;
    auto& sum = sums[{sharer_of(far), lane_of(granted)}];
    if (one.at_work) sum += granted.quantum > duration{0} ? granted.quantum : any_quantum;
  }
  std::vector<lane_claim> claims;
  claims.reserve(sums.size());
  for (const auto& [key, wanted] : sums) claims.push_back({key.first, key.second, wanted});
  lanes_.plan(claims);
  std::set<sharer_id> changed;
  lanes_.take_changed(changed);
  for (const auto sharer : changed) roster_.tell(sharer);
}

void device_home::take_told(time_point now, std::vector<told_sharer>& out) {
  if (fenced_ || now >= right_until_) return;
  for (const auto& [sharer, one] : roster_.all())
    if (one.stale) out.push_back({sharer, state_for(sharer, now)});
}

home_state device_home::state_for(sharer_id sharer, time_point now) {
  auto& entry = *roster_.find(sharer);
  entry.stale = false;
  home_state out;
  out.device = name_;
  out.sharer = sharer;
  out.epoch = epoch_;
  out.sequence = ++entry.told;
  out.heard = entry.heard;
  out.tenure = std::min(config_.shared.ttl, right_until_ - now);
  out.collecting = !is_open();
  if (out.collecting) return out;
  out.mode = mode_;
  for (auto at = seats_.lower_bound(far_agent(sharer, {0})); at != seats_.end() && sharer_of(at->first) == sharer;
       ++at) {
    out.seats.push_back(at->second.told);
    if (!at->second.announced && out.seats.back().state != seat_state::ended)
      out.seats.back().state = seat_state::waiting;
  }
  out.turns = lanes_.told_to(sharer, out.sequence);
  if (call_) {
    out.call = call_->call;
    for (const auto far : call_->to)
      if (sharer_of(far) == sharer) out.called.push_back(near_agent(far));
  }
  for (const auto& [far, offer] : offers_) {
    if (sharer_of(far) != sharer) continue;
    out.offers.push_back(offer);
    out.offers.back().to = near_agent(far);
  }
  return out;
}

}  // namespace dunlin
