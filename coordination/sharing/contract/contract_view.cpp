// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/contract/contract_view.hpp"

#include <algorithm>
#include <cmath>

#include "coordination/sharing/leases/arbiter_core.hpp"

namespace dunlin {

namespace {

constexpr std::size_t most_waiting_shown = 16;

milliseconds span(time_point from, time_point to) {
  return std::max(milliseconds{0}, std::chrono::floor<milliseconds>(to - from));
}

contract_state state_of(const held_lease& lease) noexcept {
  if (lease.parked) return contract_state::parked;
  return lease.recalled ? contract_state::recalled : contract_state::holding;
}

contract_view view_of(const arbiter_core& device, const held_lease& lease, time_point now) {
  auto contract = device.contract_of(lease);
  auto words = device.explain_holder(contract.holder, now);
  contract_view out;
  out.id = contract.id;
  out.agent = contract.holder;
  out.state = state_of(lease);
  out.pattern = device.rule->pattern();
  out.priority = contract.priority;
  out.inherited_priority = contract.inherited_priority;
  out.token = contract.token;
  out.requested = contract.requested;
  out.granted = std::move(contract.granted);
  out.compute_enforcement = contract.compute_enforcement;
  out.memory_enforcement = contract.memory_enforcement;
  if (out.compute_enforcement == enforcement::advisory)
    out.enforcement_note = lease.asked.at_gate ? device.enforcement_note : std::string{past_the_gate};
  out.shared_with = std::move(contract.shared_with);
  out.age = span(contract.granted_at, now);
  out.remaining = span(now, contract.deadline);
  out.used = contract.used;
  out.why = std::move(words.summary);
  out.change = std::move(words.change);
  return out;
}

contract_view view_of(const arbiter_core& device, const waiting_request& waits, time_point now) {
  const auto& asked = waits.request;
  auto words = device.explain_waiting(asked.holder, now);
  contract_view out;
  out.agent = asked.holder;
  out.state = contract_state::waiting;
  out.pattern = device.rule->pattern();
  out.priority = raised(asked.priority, asked.boosts, now);
  out.inherited_priority = device.priorities.lent_to(asked.holder);
  out.requested = asked.wish;
  out.age = span(waits.since, now);
  if (waits.gives_up != time_point::max()) out.remaining = span(now, waits.gives_up);
  out.why = std::move(words.summary);
  out.change = std::move(words.change);
  return out;
}

contract_view view_of(const arbiter_core& device, const share_reservation& reserved, time_point now) {
  auto words = device.explain_reserved(reserved.agent, now);
  contract_view out;
  if (reserved.owner.empty()) out.agent = reserved.agent;
  out.state = contract_state::reserved;
  out.pattern = device.rule->pattern();
  out.requested = reserved.wish;
  out.age = span(reserved.from, now);
  out.remaining = span(now, reserved.until);
  out.why = std::move(words.summary);
  out.change = std::move(words.change);
  return out;
}

}  // namespace

std::string_view to_string(contract_state state) noexcept {
  switch (state) {
    case contract_state::holding:
      return "holding";
    case contract_state::recalled:
      return "recalled";
    case contract_state::parked:
      return "parked";
    case contract_state::waiting:
      return "waiting";
    case contract_state::reserved:
      return "reserved";
  }
  return "unknown";
}

sharing_view arbiter::view(time_point now, std::size_t most) const {
  const auto& own = *core_;
  sharing_view out;
  out.pattern = own.rule->pattern();
  out.holders = static_cast<std::uint32_t>(own.book.size());
  out.units_granted = own.rule->units_granted();
  out.bytes_granted = own.book.bytes();
  out.fragmentation_permille = static_cast<std::uint32_t>(std::lround(own.rule->fragmentation() * 1'000));
  out.reservations = static_cast<std::uint32_t>(own.reservations.size());
  own.book.for_each([&](const held_lease& lease) {
    if (out.contracts.size() < most) out.contracts.push_back(view_of(own, lease, now));
  });
  own.queue.for_each([&](const waiting_request& waits) {
    if (own.book.find(waits.request.holder) != nullptr) return;  // parked: it stands above
    if (++out.waiting <= most_waiting_shown && out.contracts.size() < most)
      out.contracts.push_back(view_of(own, waits, now));
  });
  for (const auto& [what, claim_by, claimed] : own.reservations.all())
    if (!claimed && !own.queue.contains(what.agent) && out.contracts.size() < most)
      out.contracts.push_back(view_of(own, what, now));
  return out;
}

}  // namespace dunlin
