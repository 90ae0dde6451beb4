// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/lease_book.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

lease_book::lease_book(const arbiter_config& config)
    : device_(config.capacity),
      terms_(config.terms),
      last_token_(config.last_token),
      audit_(config.capacity.compute_units) {}

const held_lease* lease_book::find(agent_id holder) const {
  const auto found = leases_.find(holder);
  return found == leases_.end() ? nullptr : &found->second;
}

bool lease_book::has_memory_for(const share_request& asked, std::uint64_t more) const {
  const auto wanted = find(asked.holder) == nullptr ? asked.wish.memory_bytes : 0;
  return wanted <= device_.memory_bytes - bytes_ + more;
}

std::string lease_book::lack_of_memory(const share_request& asked) const {
  if (has_memory_for(asked, 0)) return {};
  auto out = "it asks for " + std::to_string(asked.wish.memory_bytes) + " bytes, " +
             std::to_string(device_.memory_bytes - bytes_) + " are free";
  if (parked_bytes_ > 0) out += " and " + std::to_string(parked_bytes_) + " kept by agents that are parked";
  return out;
}

const held_lease& lease_book::open(const waiting_request& from, const share_rule& rule, const share_grant& what,
                                   time_point now) {
  const auto& asked = from.request;
  if (leases_.empty()) audit_.begin(now);
  auto& lease = leases_[asked.holder];
  lease.asked = asked;
  lease.since = from.since;
  lease.rank = from.priority;
  auto& contract = lease.contract;
  contract.id = lease_id{++last_lease_};
  contract.holder = asked.holder;
  contract.device = device_.device;
  contract.requested = asked.wish;
  contract.priority = raised(asked.priority, asked.boosts, now);
  contract.deadline = now + terms_.ttl;
  by_id_.emplace(contract.id.value, contract.holder);
  by_deadline_.emplace(contract.deadline, contract.holder);
  put(lease, rule, what);
  begin_hold(lease, now);
  return lease;
}

const held_lease& lease_book::change(agent_id holder, const share_rule& rule, const share_grant& what, time_point now) {
  auto& lease = at(holder);
  if (lease.parked) parked_bytes_ -= lease.contract.granted.memory_bytes;
  put(lease, rule, what);
  if (std::exchange(lease.parked, false)) begin_hold(lease, now);
  return lease;
}

void lease_book::put(held_lease& lease, const share_rule& rule, const share_grant& what) {
  bytes_ += what.memory_bytes - lease.contract.granted.memory_bytes;
  auto& contract = lease.contract;
  contract.pattern = rule.pattern();
  contract.granted = what;
  contract.memory_enforcement = what.memory_bytes == 0 ? enforcement::none : device_.memory_enforcement;
  contract.token = ++last_token_;
}

void lease_book::begin_hold(held_lease& lease, time_point now) {
  const auto wished = lease.asked.wish.hold;
  lease.contract.granted_at = now;
  lease.hold_end = now + (wished > duration{0} ? std::min(wished, terms_.max_hold) : terms_.max_hold);
  lease.gone_by = lease.hold_end;
  if (!lease.recalled) by_hold_end_.emplace(lease.hold_end, lease.contract.holder);
}

const held_lease& lease_book::park(agent_id holder) {
  auto& lease = at(holder);
  auto& granted = lease.contract.granted;
  granted = {0, granted.memory_bytes, duration{0}, 0, {}};
  lease.parked = true;
  parked_bytes_ += granted.memory_bytes;
  by_hold_end_.erase({lease.hold_end, holder});
  return lease;
}

held_lease lease_book::close(agent_id holder) {
  auto node = leases_.extract(holder);
  auto& lease = node.mapped();
  bytes_ -= lease.contract.granted.memory_bytes;
  if (lease.parked) parked_bytes_ -= lease.contract.granted.memory_bytes;
  by_id_.erase(lease.contract.id.value);
  by_deadline_.erase({lease.contract.deadline, holder});
  by_hold_end_.erase({lease.hold_end, holder});
  return std::move(lease);
}

void lease_book::begin_reserved(agent_id holder, time_point until) {
  auto& lease = at(holder);
  const auto end = may_go_any_time(lease.asked) ? until : std::max(until, lease.hold_end);
  move(by_hold_end_, lease.hold_end, end, holder);
  lease.hold_end = end;
  lease.gone_by = until;
  lease.reserved = true;
}

const held_lease& lease_book::recall(agent_id holder, time_point until) {
  auto& lease = at(holder);
  auto& deadline = lease.contract.deadline;
  lease.recalled = true;
  by_hold_end_.erase({lease.hold_end, holder});
  const auto sooner = std::min(deadline, until);
  move(by_deadline_, deadline, sooner, holder);
  deadline = sooner;
  return lease;
}

result<void> lease_book::check_token(agent_id holder, fencing_token token) const {
  const auto* lease = find(holder);
  if (lease != nullptr && lease->contract.token == token) return {};
  const bool anothers = std::ranges::any_of(leases_, [=](const auto& e) { return e.second.contract.token == token; });
  const auto why = anothers || token > last_token_ ? errc::not_holder
                   : token < last_token_           ? errc::fenced_off
                                                   : errc::lease_expired;
  return fail(why, "agent " + std::to_string(holder.value) + " shows token " + std::to_string(token) +
                       ", the newest of this device is " + std::to_string(last_token_));
}

void lease_book::renew(agent_id holder, time_point now) {
  auto& deadline = at(holder).contract.deadline;
  move(by_deadline_, deadline, now + terms_.ttl, holder);
  deadline = now + terms_.ttl;
}

void lease_book::set_priority(agent_id holder, std::uint8_t shown, std::uint8_t rank) {
  auto& lease = at(holder);
  lease.contract.priority = shown;
  lease.rank = rank;
}

void lease_book::add_use(agent_id holder, const share_use& more) {
  auto& used = at(holder).contract.used;
  used.busy_ns += more.busy_ns;
  used.launches += more.launches;
  used.memory_peak_bytes = std::max(used.memory_peak_bytes, more.memory_peak_bytes);
  used.busy_is = std::max(used.busy_is, more.busy_is);  // the weaker claim
  if (more.pause_ns > 0) used.pause_ns = more.pause_ns;
  audit_.add(more);
}

std::optional<agent_id> lease_book::expired(time_point now) const {
  if (by_deadline_.empty() || by_deadline_.begin()->first > now) return std::nullopt;
  return by_deadline_.begin()->second;
}

std::optional<time_point> lease_book::next_deadline() const {
  return by_deadline_.empty() ? std::nullopt : std::optional{by_deadline_.begin()->first};
}

std::optional<time_point> lease_book::next_hold_end(time_point now) const {
  const auto next = by_hold_end_.upper_bound({now, agent_id{~std::uint64_t{0}}});
  return next == by_hold_end_.end() ? std::nullopt : std::optional{next->first};
}

/// Without an allocation where `from` is there.
void lease_book::move(moments& among, time_point from, time_point to, agent_id who) {
  auto node = among.extract({from, who});
  if (node.empty()) {
    among.emplace(to, who);
    return;
  }
  node.value().first = to;
  among.insert(std::move(node));
}

}  // namespace dunlin
