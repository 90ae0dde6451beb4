// SPDX-License-Identifier: Apache-2.0
// What the arbiter says of those who hold and wait.
#include <algorithm>

#include "coordination/sharing/leases/arbiter_core.hpp"

namespace dunlin {

namespace {

std::string amount_text(const share_grant& granted) {
  const auto units = std::to_string(granted.compute_units) + (granted.compute_units == 1 ? " unit" : " units");
  return granted.memory_bytes == 0 ? units : units + " and " + std::to_string(granted.memory_bytes) + " bytes";
}

/// Such as `priority 9 (asked with 5, boosted for 3000 ms more)`.
std::string priority_text(const share_request& asked, std::uint8_t lent, time_point now) {
  const auto own = raised(asked.priority, asked.boosts, now);
  std::string why;
  if (own != asked.priority) {
    auto next = time_point::max();
    for (const auto& boost : asked.boosts)
      if (now < boost.until) next = std::min(next, boost.until);
    why = "asked with " + std::to_string(asked.priority) + ", boosted for " + milliseconds_text(next - now) + " more";
  }
  if (lent > own) why.append(why.empty() ? "" : "; ").append("lent by one that waits elsewhere for what it holds");
  const auto number = "priority " + std::to_string(std::max(own, lent));
  return why.empty() ? number : number + " (" + why + ")";
}

/// Such as `agent 7 has reserved 500 milli from 5000 ms on, for 10000 ms`.
std::string reservation_text(const share_reservation& one, time_point now) {
  auto what = one.whose() + " has reserved " + std::to_string(one.wish.compute_milli) + " milli";
  if (one.wish.memory_bytes > 0) what += " and " + std::to_string(one.wish.memory_bytes) + " bytes";
  const auto when = one.from > now ? " from " + milliseconds_text(one.from - now) + " on" : std::string{" by now"};
  return what + when + ", for " + milliseconds_text(one.until - std::max(one.from, now));
}

}  // namespace

std::string agent_text(agent_id agent) { return "agent " + std::to_string(agent.value); }

std::string milliseconds_text(duration time) {
  return std::to_string(std::chrono::duration_cast<milliseconds>(time).count()) + " ms";
}

share_contract arbiter_core::contract_of(const held_lease& lease) const {
  auto contract = lease.contract;
  contract.inherited_priority = std::max(queue.highest_priority(), priorities.lent_to(contract.holder));
  if (lease.parked) return contract;
  contract.compute_enforcement = std::min(config.capacity.compute_enforcement, rule->strictness());
  if (!lease.asked.at_gate)
    contract.compute_enforcement = std::min(contract.compute_enforcement, enforcement::advisory);
  book.for_each([&](const held_lease& other) {
    if (!other.parked && &other != &lease && other.contract.granted.lane == contract.granted.lane)
      contract.shared_with.push_back(other.contract.holder);
  });
  return contract;
}

share_explanation arbiter_core::explain_holder(agent_id holder, time_point now) const {
  const auto& lease = *book.find(holder);
  const auto& contract = lease.contract;
  share_explanation out;
  if (lease.parked) {
    out = explain_waiting(holder, now);
    out.summary = agent_text(holder) + " is stopped between two steps; " + out.summary;
    return out;
  }
  out.summary = agent_text(holder) + " holds " + amount_text(contract.granted) + " under token " +
                std::to_string(contract.token) + " for " + milliseconds_text(contract.deadline - now) + " more";
  if (lease.rank != lease.asked.priority)
    out.summary += "; " + priority_text(lease.asked, priorities.lent_to(holder), now);
  const auto wished = lease.asked.wish.pattern;
  if (wished != sharing_pattern::any && wished != contract.pattern) {
    out.summary += "; it would like " + std::string{to_string(wished)} + ", the device is shared " +
                   std::string{to_string(contract.pattern)};
    out.change = "the device is coordinated as " + std::string{to_string(wished)};
  }
  if (lease.reserved) out.summary += "; it had reserved that for " + milliseconds_text(lease.gone_by - now) + " more";
  if (lease.recalled) out.change = "it was recalled and has to release";
  return out;
}

share_explanation arbiter_core::explain_reserved(agent_id agent, time_point now) const {
  const auto& [own, claim_by, claimed] = *reservations.find(agent);
  share_explanation out;
  out.summary = reservation_text(own, now);
  out.change = "it asks for that share, by " + milliseconds_text(claim_by - now) + " from now";
  return out;
}

share_explanation arbiter_core::explain_waiting(agent_id holder, time_point now) const {
  share_explanation out;
  std::optional<agent_id> first_to_end;
  book.for_each([&](const held_lease& lease) {
    if (lease.parked) return;
    out.waits_for.push_back(lease.contract.holder);
    if (!first_to_end || lease.contract.deadline < book.find(*first_to_end)->contract.deadline)
      first_to_end = lease.contract.holder;
  });
  bool reached = false;
  queue.for_each([&](const waiting_request& other) {
    reached = reached || other.request.holder == holder;
    if (!reached) out.waits_for.push_back(other.request.holder);
    if (other.request.holder != holder) return;
    out.summary = agent_text(holder) + " waits for " + milliseconds_text(now - other.since) + " with " +
                  priority_text(other.request, priorities.lent_to(holder), now) + ", " +
                  std::to_string(out.waits_for.size()) + " before it";
    if (other.gives_up != time_point::max()) out.summary += "; gives up in " + milliseconds_text(other.gives_up - now);
    for (const auto& lack : {rule->lack(other.request.wish), book.lack_of_memory(other.request)})
      if (!lack.empty()) out.summary += "; " + lack;
  });
  const auto* waits = queue.find(holder);
  if (const auto* reserved = reservations.empty() ? nullptr : room(now).broken_by(waits->request)) {
    out.waits_for.push_back(reserved->agent);
    out.summary += "; waits because " + reservation_text(*reserved, now);
    out.change = "that reservation ends or is cancelled";
    if (reserved->from > now)
      out.change += ", or it asks for a hold of at most " + milliseconds_text(reserved->from - now);
  } else if (first_to_end)
    out.change = agent_text(*first_to_end) + " releases, or its lease ends in " +
                 milliseconds_text(book.find(*first_to_end)->contract.deadline - now);
  return out;
}

}  // namespace dunlin
