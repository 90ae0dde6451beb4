// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/arbiter.hpp"

#include <algorithm>
#include <utility>

#include "coordination/sharing/leases/arbiter_core.hpp"
#include "coordination/sharing/leases/request_check.hpp"

namespace dunlin {

arbiter::arbiter(const arbiter_config& config, std::unique_ptr<share_rule> rule)
    : core_(std::make_unique<arbiter_core>(config, std::move(rule))) {}
arbiter::arbiter(std::unique_ptr<arbiter_core> core) noexcept : core_(std::move(core)) {}
arbiter::~arbiter() = default;
arbiter::arbiter(arbiter&&) noexcept = default;
arbiter& arbiter::operator=(arbiter&&) noexcept = default;

sharing_pattern arbiter::pattern() const noexcept { return core_->rule->pattern(); }

result<void> arbiter::request(const share_request& asked, time_point now, sharing_effects& out) {
  auto& own = *core_;
  if (auto checked = check_request(asked, own.config.capacity); !checked) return checked;
  if (auto checked = own.rule->check(asked.wish); !checked) return checked;
  own.advance(now, out);
  if (own.book.find(asked.holder) != nullptr || own.queue.contains(asked.holder))
    return fail(errc::conflict, agent_text(asked.holder) + " already holds or waits for this device");
  if (own.queue.size() >= own.config.terms.max_waiting)
    return fail(errc::overloaded, std::to_string(own.queue.size()) + " requests wait for this device",
                "try again later");
  const auto patience = asked.patience > duration{0} ? asked.patience : own.config.terms.patience;
  own.enqueue(asked, now + patience, now);
  own.serve(now, out);
  return {};
}

result<void> arbiter::adopt(const share_request& held, fencing_token before, time_point now, sharing_effects& out) {
  auto& own = *core_;
  if (auto checked = check_request(held, own.config.capacity); !checked) return checked;
  if (auto checked = own.rule->check(held.wish); !checked) return checked;
  if (own.book.find(held.holder) != nullptr || own.queue.contains(held.holder))
    return fail(errc::conflict, agent_text(held.holder) + " already holds or waits for this device");
  if (!own.book.has_memory_for(held, 0))
    return fail(errc::quota_exceeded, std::to_string(held.wish.memory_bytes) + " bytes are not left",
                "ask for the share anew", "wish.memory_bytes");
  own.adopt(held, before, now, out);
  return {};
}

result<time_point> arbiter::renew(agent_id holder, fencing_token token, time_point now) {
  auto& own = *core_;
  if (auto known = own.book.check_token(holder, token); !known) return fail(std::move(known.error()));
  const auto& lease = *own.book.find(holder);
  if (now >= lease.contract.deadline) return fail(errc::lease_expired, agent_text(holder) + " renews too late");
  if (lease.recalled) return fail(errc::conflict, "the lease was recalled", "release it");
  own.book.renew(holder, now);
  return lease.contract.deadline;
}

result<void> arbiter::lend(agent_id holder, std::uint8_t priority, time_point now, sharing_effects& out) {
  if (priority > 10) return fail(errc::invalid_argument, "priority " + std::to_string(priority), "0 to 10", "priority");
  if (core_->book.find(holder) == nullptr && !core_->queue.contains(holder))
    return fail(errc::not_found, agent_text(holder) + " neither holds nor waits for this device");
  core_->priorities.lend(holder, priority);
  core_->rank_anew(holder, now);
  core_->advance(now, out);
  return {};
}

result<void> arbiter::release(agent_id holder, fencing_token token, time_point now, sharing_effects& out) {
  auto& own = *core_;
  if (token == 0) {
    if (own.book.find(holder) != nullptr || !own.give_up(holder))
      return fail(errc::not_holder, agent_text(holder) + " does not wait for this device");
  } else {
    if (auto known = own.book.check_token(holder, token); !known) return known;
    if (own.close(holder).reserved) own.reopen_reservation(holder, now);
  }
  own.advance(now, out);
  return {};
}

void arbiter::holder_lost(agent_id holder, time_point now, sharing_effects& out) {
  if (core_->book.find(holder) != nullptr)
    core_->end_lease(holder, error{errc::crashed, agent_text(holder) + " is gone"}, out);
  else
    core_->give_up(holder);
  core_->end_reservation(holder);
  core_->advance(now, out);
}

result<void> arbiter::reserve(const share_reservation& wanted, time_point now, sharing_effects& out) {
  auto& own = *core_;
  if (auto checked = check_reservation(wanted, own.config, now); !checked) return checked;
  if (auto checked = own.rule->check(wanted.wish); !checked) return checked;
  own.advance(now, out);
  if (auto checked = own.check_room(wanted, now); !checked) return checked;
  own.reservations.add(wanted);
  own.advance(now, out);
  return {};
}

result<void> arbiter::hand_over(agent_id from, agent_id to, time_point now, sharing_effects& out) {
  auto& own = *core_;
  if (!to) return fail(errc::invalid_argument, "a reservation needs an agent", {}, "to");
  own.advance(now, out);
  if (auto handed = own.hand_over(from, to); !handed) return handed;
  own.advance(now, out);
  return {};
}

result<void> arbiter::cancel_reservation(agent_id agent, time_point now, sharing_effects& out) {
  if (!core_->end_reservation(agent))
    return fail(errc::not_found, agent_text(agent) + " has reserved nothing of this device");
  core_->advance(now, out);
  return {};
}

std::vector<share_reservation> arbiter::reservations() const {
  std::vector<share_reservation> out;
  for (const auto& one : core_->reservations.all()) out.push_back(one.what);
  return out;
}

result<void> arbiter::revoke(agent_id holder, duration grace, const std::string& why, time_point now,
                             sharing_effects& out) {
  if (core_->book.find(holder) == nullptr)
    return fail(errc::not_holder, agent_text(holder) + " does not hold this device");
  if (grace > duration{0})
    core_->recall(holder, now + grace, why, out);
  else
    core_->end_lease(holder, error{errc::fenced_off, why}, out);
  core_->advance(now, out);
  return {};
}

void arbiter::switch_to(std::unique_ptr<share_rule> rule, time_point now, sharing_effects& out) {
  core_->end_what_is_over(now, out);
  core_->exchange(std::move(rule), now, out);
  core_->serve(now, out);
}

result<void> arbiter::check_switch(const share_rule& rule, time_point now) const {
  return core_->check_rule(rule, now);
}

void arbiter::set_enforcement(enforcement how, std::string why) {
  core_->config.capacity.compute_enforcement = how;
  core_->enforcement_note = std::move(why);
}

result<void> arbiter::settle(std::span<const allotment> allotments, time_point now, sharing_effects& out) {
  if (auto settled = core_->rule->settle(allotments); !settled) return settled;
  core_->advance(now, out);
  return {};
}

void arbiter::tick(time_point now, sharing_effects& out) { core_->advance(now, out); }

std::optional<time_point> arbiter::next_deadline() const {
  const auto& own = *core_;
  const auto hold_end = own.queue.empty() ? std::nullopt : own.book.next_hold_end(own.served_at);
  std::optional<time_point> next;
  for (const auto& each : {own.queue.next_end(), own.book.next_deadline(), hold_end, own.priorities.next_end(),
                           own.reservations.next_time(own.served_at, own.config.terms.grace)})
    if (each && (!next || *each < *next)) next = each;
  return next;
}

void arbiter::on_used(agent_id holder, fencing_token token, const share_use& more) {
  if (core_->book.check_token(holder, token)) core_->book.add_use(holder, more);
}

result<share_explanation> arbiter::explain(agent_id holder, time_point now) const {
  if (core_->book.find(holder) != nullptr) return core_->explain_holder(holder, now);
  if (core_->queue.contains(holder)) return core_->explain_waiting(holder, now);
  if (core_->reservations.find(holder) != nullptr) return core_->explain_reserved(holder, now);
  return fail(errc::not_found, agent_text(holder) + " neither holds nor waits for this device");
}

bool arbiter::is_wanted() const noexcept { return core_->book.size() > 0 || !core_->queue.empty(); }

const share_grant* arbiter::grant_of(agent_id holder, fencing_token token) const {
  const auto* lease = core_->book.find(holder);
  return lease != nullptr && lease->contract.token == token ? &lease->contract.granted : nullptr;
}

std::vector<share_contract> arbiter::contracts() const {
  std::vector<share_contract> out;
  core_->book.for_each([&](const held_lease& lease) { out.push_back(core_->contract_of(lease)); });
  return out;
}

std::vector<share_request> arbiter::requests() const {
  std::vector<share_request> out;
  core_->book.for_each([&](const held_lease& lease) { out.push_back(lease.asked); });
  core_->queue.for_each([&](const waiting_request& waits) {
    if (core_->book.find(waits.request.holder) == nullptr) out.push_back(waits.request);  // parked: it stands above
  });
  return out;
}

std::string arbiter::conservation(time_point now) const {
  const auto& device = core_->config.capacity;
  std::uint64_t bytes = 0;
  core_->book.for_each([&](const held_lease& lease) { bytes += lease.contract.granted.memory_bytes; });
  if (bytes != core_->book.bytes())
    return std::to_string(bytes) + " bytes are granted, " + std::to_string(core_->book.bytes()) + " are counted";
  if (bytes > device.memory_bytes)
    return std::to_string(bytes) + " bytes are granted of " + std::to_string(device.memory_bytes);
  if (const auto units = core_->rule->units_granted(); units > device.compute_units)
    return std::to_string(units) + " units are granted of " + std::to_string(device.compute_units);
  return core_->book.audit().check(now);
}

arbiter arbiter::clone() const { return arbiter{std::make_unique<arbiter_core>(*core_)}; }

}  // namespace dunlin
