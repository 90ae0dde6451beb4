// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/device_sharer.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

/// Of messages whose times are remembered: older ones no longer prolong anything.
constexpr std::size_t most_sent = 64;

std::vector<task_boost> left_of(const std::vector<priority_boost>& boosts, time_point now) {
  std::vector<task_boost> out;
  for (const auto& one : boosts)
    if (one.until > now) out.push_back({one.by, std::chrono::ceil<milliseconds>(one.until - now)});
  return out;
}

bool holds(seat_state state) noexcept { return state == seat_state::holding || state == seat_state::recalled; }

}  // namespace

// -- what the agents do

result<void> device_sharer::ask(const share_request& wanted, time_point) {
  if (seats_.contains(wanted.holder))
    return fail(errc::conflict,
                "agent " + std::to_string(wanted.holder.value) + " already holds or waits for this device");
  auto& added = seats_[wanted.holder];
  added.asked = wanted;
  added.said.request = {++last_request_};
  added.said.agent = wanted.holder;
  added.said.wish = wanted.wish;
  added.said.priority = wanted.priority;
  added.said.preemptible = wanted.preemptible;
  added.said.in_steps = wanted.in_steps;
  added.said.patience = wanted.patience;
  news_ = true;
  return {};
}

void device_sharer::give_back(agent_id agent) {
  if (seats_.erase(agent) > 0) news_ = true;
}

void device_sharer::set_at_work(agent_id agent, bool at_work) {
  const auto found = seats_.find(agent);
  if (found == seats_.end() || std::exchange(found->second.said.at_work, at_work) == at_work) return;
  news_ = true;
}

void device_sharer::on_used(agent_id agent, const share_use& more) {
  const auto found = seats_.find(agent);
  if (found == seats_.end()) return;
  auto& used = found->second.said.used;
  used.busy_ns += more.busy_ns;
  used.launches += more.launches;
  used.memory_peak_bytes = std::max(used.memory_peak_bytes, more.memory_peak_bytes);
  used.busy_is = std::max(used.busy_is, more.busy_is);
  if (more.pause_ns > 0) used.pause_ns = more.pause_ns;
}

void device_sharer::set_enforcement(enforcement how, std::string why) {
  if (how == kept_ && why == kept_why_) return;
  kept_ = how;
  kept_why_ = std::move(why);
  news_ = true;
}

void device_sharer::bid(const share_bid& made) {
  if (made.call != call_) return;
  std::erase_if(bids_, [&](const share_bid& one) { return one.bidder == made.bidder; });
  bids_.push_back(made);
  news_ = true;
}

void device_sharer::answer(const share_answer& made) {
  if (made.call != call_) return;
  std::erase_if(answers_, [&](const share_answer& one) { return one.from == made.from; });
  answers_.push_back(made);
  news_ = true;
}

void device_sharer::on_spent(const spent_permit& turn) {
  const auto found = turns_.find(turn.serial);
  if (found == turns_.end()) return;
  found->second.said.over = true;
  found->second.said.busy = turn.busy;
  news_ = true;
}

// -- what the home says

result<void> device_sharer::obey(std::uint32_t epoch, sharer_id as) {
  if (epoch < epoch_)
    return fail(errc::fenced_off, "epoch " + std::to_string(epoch) + ", this process obeys " + std::to_string(epoch_));
  if (epoch == epoch_ && as == self_) return {};
  epoch_ = epoch;
  self_ = as;
  heard_ = 0;
  news_ = true;
  return {};
}

result<void> device_sharer::on_state(const home_state& told, time_point now, sharer_effects& out) {
  if (auto known = obey(told.epoch, told.sharer); !known) return known;
  if (told.sequence <= heard_) return {};
  tick(now, out);  // what has ended is not prolonged
  const auto until = end_of(told);
  if (until <= now) return {};  // it held once; others may have been granted that since
  heard_ = told.sequence;
  answered_ = std::max(answered_, told.heard);
  prolong(until, out);
  std::erase_if(turns_, [&](const auto& entry) { return entry.second.since != 0 && entry.second.since <= told.heard; });
  if (told.collecting) return {};
  if (told.mode.options != mode_.options || mode_.revision == 0) out.options = told.mode.options;
  mode_ = told.mode;
  for (auto& [agent, one] : seats_) {
    const auto& request = one.said.request;
    const auto at = std::ranges::find(told.seats, request, &home_seat::request);
    if (at != told.seats.end())
      follow_seat(one, *at, now, out);
    else if (one.since != 0 && one.since <= told.heard)
      lose_seat(one, out);
  }
  follow_turns(told, out);
  follow_bargain(told, out);
  return {};
}

/// Returns until when a message holds: counted from when the message was sent that the home had heard last, so that the
/// home's idea of the end is never sooner.
time_point device_sharer::end_of(const home_state& told) const {
  const auto at = std::ranges::find(sent_, told.heard, &std::pair<std::uint64_t, time_point>::first);
  return at == sent_.end() ? time_point::min() : at->second + told.tenure;
}

void device_sharer::prolong(time_point until, sharer_effects& out) {
  if (until <= valid_until_) return;
  valid_until_ = until;
  lapsed_ = false;
  out.valid_until = until;
}

void device_sharer::follow_seat(seat& one, const home_seat& told, time_point now, sharer_effects& out) {
  if (one.state == seat_state::ended) return;  // what it held is held until it is given up
  const auto before = std::exchange(one.state, told.state);
  if (told.state == seat_state::ended) return end_seat(one, told, out);
  one.said.held = holds(told.state) || told.state == seat_state::parked;
  if (one.said.held) one.said.in_doubt = false;
  if (!holds(told.state) && holds(before))
    out.leases.emplace_back(share_parked{one.lease, one.said.agent, one.said.token, told.why.context});
  if (told.state == seat_state::recalled && before == seat_state::holding)
    out.leases.emplace_back(share_recalled{one.lease, one.said.agent, now, told.why.context});
  if (!holds(told.state) || told.token <= one.said.token) return;
  const auto old = std::exchange(one.said.token, told.token);
  news_ = true;
  if (old != 0) {
    out.leases.emplace_back(share_changed{contract_of(one, told, now), old});
    return;
  }
  one.lease = {++last_lease_};
  out.leases.emplace_back(share_granted{one.asked.request, contract_of(one, told, now)});
}

void device_sharer::end_seat(seat& one, const home_seat& told, sharer_effects& out) {
  if (one.lease)
    out.leases.emplace_back(share_revoked{one.lease, one.said.agent, one.said.token, told.why});
  else
    out.leases.emplace_back(share_refused{one.asked.request, one.said.agent, told.why});
}

/// The home has forgotten it, and hears of it as of a new wish.
void device_sharer::lose_seat(seat& one, sharer_effects& out) {
  if (holds(one.state))
    out.leases.emplace_back(
        share_parked{one.lease, one.said.agent, one.said.token, "the device's home knows its lease no longer"});
  if (one.state == seat_state::ended) return;
  one.state = seat_state::waiting;
  one.said.held = false;
  news_ = true;
}

share_contract device_sharer::contract_of(const seat& one, const home_seat& told, time_point now) const {
  share_contract out;
  out.id = one.lease;
  out.holder = one.said.agent;
  out.device = config_.device;
  out.pattern = told.pattern;
  out.requested = one.said.wish;
  out.granted = told.granted;
  out.compute_enforcement = told.compute_enforcement;
  out.memory_enforcement = told.memory_enforcement;
  out.token = told.token;
  out.granted_at = now;
  out.deadline = valid_until_;
  out.priority = one.said.priority;
  out.used = one.said.used;
  return out;
}

void device_sharer::follow_turns(const home_state& told, sharer_effects& out) {
  for (auto& [serial, one] : turns_) {
    if (one.said.over || std::ranges::find(told.turns, serial, &lane_permit::serial) != told.turns.end()) continue;
    out.closed.push_back(serial);
  }
  for (const auto& given : told.turns) {
    if (!turns_.try_emplace(given.serial, turn{{given, false, duration{0}}, 0}).second) continue;
    out.opened.push_back(given);
    news_ = true;
  }
}

/// Calls and offers come again with each message; the agents hear each of them once.
void device_sharer::follow_bargain(const home_state& told, sharer_effects& out) {
  if (told.call.call > call_) {
    call_ = told.call.call;
    rounds_.clear();
    bids_.clear();
    answers_.clear();
    if (!told.called.empty()) out.messages.emplace_back(bids_called{told.call, told.called});
  }
  for (const auto& offer : told.offers) {
    if (offer.call != call_ || rounds_[offer.to] >= offer.round) continue;
    rounds_[offer.to] = offer.round;
    out.messages.emplace_back(share_offered{offer});
  }
}

// -- time

void device_sharer::tick(time_point now, sharer_effects& out) {
  if (lapsed_ || now < valid_until_) return;
  lapsed_ = true;
  for (auto& [agent, one] : seats_) one.said.in_doubt = one.said.token != 0;
  for (const auto& [serial, one] : turns_)
    if (!one.said.over) out.closed.push_back(serial);
}

bool device_sharer::is_in_doubt(agent_id agent) const {
  const auto found = seats_.find(agent);
  return found != seats_.end() && found->second.said.in_doubt;
}

const share_request* device_sharer::asked(agent_id agent) const {
  const auto found = seats_.find(agent);
  return found == seats_.end() ? nullptr : &found->second.asked;
}

time_point device_sharer::next_deadline() const {
  if (sent_.empty()) return time_point{};
  const auto report = sent_.back().second + (news_ ? pause_after_report() : config_.ttl / 4);
  return lapsed_ ? report : std::min(report, valid_until_);
}

/// While a message is not answered, the next one waits a little and then says all that is new meanwhile.
duration device_sharer::pause_after_report() const { return answered_ < sequence_ ? config_.ttl / 1'000 : duration{0}; }

std::optional<sharer_state> device_sharer::take_state(time_point now) {
  const auto pause = news_ ? pause_after_report() : config_.ttl / 4;
  if (!sent_.empty() && now < sent_.back().second + pause) return std::nullopt;
  news_ = false;
  sent_.emplace_back(++sequence_, now);
  if (sent_.size() > most_sent) sent_.pop_front();
  sharer_state out;
  out.device = config_.name;
  out.sharer = self_;
  out.epoch = epoch_;
  out.sequence = sequence_;
  out.heard = heard_;
  out.mode = mode_;
  for (auto& [agent, one] : seats_) {
    if (one.since == 0) one.since = sequence_;
    out.seats.push_back(one.said);
    out.seats.back().boosts = left_of(one.asked.boosts, now);
  }
  for (auto& [serial, one] : turns_) {
    if (one.said.over && one.since == 0) one.since = sequence_;
    out.turns.push_back(one.said);
  }
  out.bids = bids_;
  out.answers = answers_;
  out.kept = kept_;
  out.kept_why = kept_why_;
  return out;
}

}  // namespace dunlin
