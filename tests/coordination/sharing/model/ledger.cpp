// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/ledger.hpp"

#include <algorithm>
#include <set>

namespace dunlin::model {

namespace {

std::size_t index(agent_id agent) { return agent.value - 1; }

/// With the bytes that they would give back.
struct holders_who_may_go {
  std::vector<agent_id> gone = {};
  std::uint64_t bytes = 0;

  void add(std::size_t agent, std::uint64_t freed) {
    gone.push_back(wish_of(agent).holder);
    bytes += freed;
  }
};

}  // namespace

// -- what the arbiter says

void ledger::see(const sharing_effect& effect, time_point now, bool switching) {
  if (const auto* granted = std::get_if<share_granted>(&effect)) see_granted(*granted, now);
  if (const auto* changed = std::get_if<share_changed>(&effect)) see_changed(*changed, now);
  if (const auto* parked = std::get_if<share_parked>(&effect)) see_parked(*parked, now, switching);
  if (const auto* revoked = std::get_if<share_revoked>(&effect)) see_revoked(*revoked, now, switching);
  if (const auto* recalled = std::get_if<share_recalled>(&effect)) {
    auto& one = leases_[index(recalled->holder)];
    if (one.token == 0 || recalled->until > one.deadline) accuse("a recall that prolongs, or of nothing");
    one.deadline = recalled->until;
    one.recalled = true;
  }
  if (const auto* refused = std::get_if<share_refused>(&effect)) {
    auto& one = places_[index(refused->holder)];
    if (!one.waits || holds(index(refused->holder))) accuse("a refusal for one that does not wait");
    if (!switching && now < one.gives_up)
      accuse(name_of(index(refused->holder)) + " is refused before its patience ends");
    one.waits = false;
  }
}

void ledger::see_granted(const share_granted& e, time_point now) {
  const auto agent = index(e.contract.holder);
  if (holds(agent)) accuse(name_of(agent) + " is granted a second share");
  if (!is_next(agent)) accuse(name_of(agent) + " is granted a share before its turn in the queue");
  leases_[agent] = {};
  leases_[agent].since = places_[agent].since;
  leases_[agent].order = ++count_;
  places_[agent].waits = false;
  put(e.contract, now);
  leases_[agent].hold_end = now + short_terms().max_hold;
}

void ledger::see_changed(const share_changed& e, time_point now) {
  const auto agent = index(e.contract.holder);
  auto& one = leases_[agent];
  if (one.token == 0 || one.token != e.before)
    accuse(name_of(agent) + " is given a contract in place of one it has not");
  if (one.parked) {
    if (!is_next(agent) && in_the_way() != agent) accuse(name_of(agent) + " goes on before its turn in the queue");
    one.hold_end = now + short_terms().max_hold;
    one.parked = places_[agent].waits = false;
  }
  put(e.contract, now);
}

void ledger::put(const share_contract& contract, time_point now) {
  const auto agent = index(contract.holder);
  if (contract.token <= highest_) accuse("token " + std::to_string(contract.token) + " does not rise");
  highest_ = std::max(highest_, contract.token);
  auto& one = leases_[agent];
  if (one.token != 0 && contract.deadline != one.deadline) accuse("another contract, another deadline");
  if (one.token == 0 && contract.deadline <= now) accuse("a grant that is over at once");
  if (contract.granted.memory_bytes != wish_of(agent).wish.memory_bytes) accuse("other bytes than were asked for");
  if (contract.granted.compute_units == 0) accuse(name_of(agent) + " is granted nothing");
  one.token = contract.token;
  one.grant = contract.granted;
  one.deadline = contract.deadline;
}

void ledger::see_parked(const share_parked& e, time_point now, bool switching) {
  const auto agent = index(e.holder);
  auto& one = leases_[agent];
  if (one.token == 0 || one.parked || one.token != e.token)
    accuse(name_of(agent) + " is parked without a share in force");
  if (one.recalled && !switching) accuse(name_of(agent) + " was recalled, and is parked");
  if (!wish_of(agent).in_steps && !switching) accuse(name_of(agent) + " does not work in steps, and is parked");
  one.parked = true;
  enqueue(agent, switching ? one.since : now, time_point::max());
}

void ledger::see_revoked(const share_revoked& e, time_point now, bool switching) {
  const auto agent = index(e.holder);
  if (leases_[agent].token == 0 || leases_[agent].token != e.token) accuse(name_of(agent) + " loses what it has not");
  if (switching && now < leases_[agent].deadline) accuse(name_of(agent) + " loses its share by a switch");
  released(agent);
}

void ledger::enqueue(std::size_t agent, time_point since, time_point gives_up) {
  places_[agent] = {true, since, gives_up, ++count_};
}

void ledger::asked(std::size_t agent, time_point now) {
  enqueue(agent, now, now + short_terms().patience);
  newcomer_ = agent;
}

void ledger::released(std::size_t agent) {
  if (leases_.at(agent).parked) places_[agent].waits = false;
  leases_[agent] = {};
}

// -- what follows from it

void ledger::check(const arbiter& shares, time_point now) {
  newcomer_.reset();
  if (const auto lack = shares.conservation(now); !lack.empty()) accuse(lack);
  check_contracts(shares);
  check_units();
  check_next_deadline(shares, now);
  check_front(now);
}

void ledger::check_contracts(const arbiter& shares) {
  std::size_t held = 0;
  for (std::size_t agent = 0; agent < agent_count; ++agent) held += holds(agent) ? 1 : 0;
  const auto contracts = shares.contracts();
  if (contracts.size() != held) accuse("the arbiter shows more or fewer leases than it has granted");
  for (const auto& contract : contracts) {
    const auto& one = leases_[index(contract.holder)];
    if (contract.token != one.token) accuse("the arbiter shows another token than it has granted");
    if (contract.deadline != one.deadline) accuse("the arbiter shows another deadline than it has told");
    if ((contract.granted.compute_units == 0) != one.parked) accuse("the arbiter shows units of one that is parked");
  }
}

void ledger::check_units() {
  std::uint64_t bytes = 0;
  std::set<std::uint32_t> lanes;
  std::set<std::uint32_t> units;
  std::uint32_t granted = 0;
  std::size_t running = 0;
  for (const auto& one : leases_) {
    bytes += one.grant.memory_bytes;
    if (one.token == 0 || one.parked) continue;
    ++running;
    if (!lanes.insert(one.grant.lane).second) continue;
    granted += one.grant.compute_units;
    for (const auto unit : one.grant.units)
      if (unit >= capacity_.compute_units || !units.insert(unit).second) accuse("a unit is granted twice");
  }
  if (bytes > capacity_.memory_bytes) accuse("more bytes are granted than there are");
  if (granted > capacity_.compute_units) accuse("more units are granted than there are");
  if (patterns()[pattern_].pattern == sharing_pattern::exclusive && running > 1) accuse("two have the device alone");
}

/// Whoever sleeps until then misses nothing.
void ledger::check_next_deadline(const arbiter& shares, time_point now) {
  auto due = time_point::max();
  for (std::size_t agent = 0; agent < agent_count; ++agent) {
    const auto& one = leases_[agent];
    if (waits(agent)) due = std::min(due, places_[agent].gives_up);
    if (holds(agent)) due = std::min(due, one.deadline);
    const bool holds_on = holds(agent) && !one.parked && !one.recalled && one.hold_end > served_at_;
    if (holds_on && front()) due = std::min(due, one.hold_end);
  }
  const auto next = shares.next_deadline().value_or(time_point::max());
  if (next != due)
    accuse("the next deadline is in " + std::to_string((due - now) / 1ms) + " ms, the arbiter says " +
           std::to_string((next - now) / 1ms));
}

std::optional<std::size_t> ledger::front(std::optional<std::size_t> without) const {
  std::optional<std::size_t> first;
  for (std::size_t agent = 0; agent < agent_count; ++agent)
    if (places_[agent].waits && agent != without && (!first || is_before(agent, *first))) first = agent;
  return first;
}

/// In the queue.
bool ledger::is_before(std::size_t one, std::size_t other) const {
  const auto key = [this](std::size_t agent) {
    const auto& place = places_[agent];
    return std::pair{place.since - short_terms().aging_step * wish_of(agent).priority, place.arrival};
  };
  return key(one) < key(other);
}

/// Returns the first of those that are parked, if they keep bytes that the first in the queue needs: that many are not
/// there, whoever of the others releases.
std::optional<std::size_t> ledger::in_the_way() const {
  const auto first = front();
  if (!first || holds(*first)) return std::nullopt;
  auto bytes = bytes_free();
  for (const auto agent : in_force()) bytes += leases_[agent].grant.memory_bytes;
  if (wish_of(*first).wish.memory_bytes <= bytes) return std::nullopt;
  std::optional<std::size_t> out;
  for (std::size_t agent = 0; agent < agent_count; ++agent)
    if (places_[agent].waits && holds(agent) && (!out || is_before(agent, *out))) out = agent;
  return out;
}

/// Returns those who hold and are not parked, the oldest first.
std::vector<std::size_t> ledger::in_force() const {
  std::vector<std::size_t> out;
  for (std::size_t agent = 0; agent < agent_count; ++agent)
    if (holds(agent) && !leases_[agent].parked) out.push_back(agent);
  std::sort(out.begin(), out.end(), [this](auto a, auto b) { return leases_[a].order < leases_[b].order; });
  return out;
}

std::uint64_t ledger::bytes_free() const {
  auto free = capacity_.memory_bytes;
  for (const auto& one : leases_) free -= one.grant.memory_bytes;
  return free;
}

/// Returns a rule on which those who hold have been placed anew; none if they fit only as they came.
std::unique_ptr<share_rule> ledger::rule_as_granted() const {
  auto rule = make_rule(patterns()[pattern_], capacity_).value();
  if (!settled_.empty() && !rule->settle(settled_)) return nullptr;
  for (const auto agent : in_force())
    if (!rule->place(wish_of(agent).holder, wish_of(agent).wish)) return nullptr;
  return rule;
}

/// No lost wake-up: whoever is next does not fit, and those who have to make room for it were told.
void ledger::check_front(time_point now) {
  const auto parked = in_the_way();
  const auto next = parked ? parked : front();
  if (!next) return;
  const auto rule = rule_as_granted();
  if (!rule) return;
  const auto bytes = holds(*next) ? 0 : wish_of(*next).wish.memory_bytes;
  if (bytes <= bytes_free() && rule->fits_without(wish_of(*next).wish, {}))
    accuse(name_of(*next) + " is next and fits, and waits all the same");
  if (served_at_ == now) check_who_may_go(*rule, *next, now);
}

void ledger::check_who_may_go(const share_rule& rule, std::size_t next, time_point now) {
  const auto step = short_terms().aging_step;
  const auto& asks = wish_of(next);
  const auto outranks = [&](std::size_t holder) {
    const auto& own = wish_of(holder);
    return own.preemptible && asks.priority > own.priority &&
           places_[next].since - step * asks.priority < leases_[holder].since - step * own.priority;
  };
  holders_who_may_go all, recalled, in_steps;
  for (const auto holder : in_force()) {
    const auto& one = leases_[holder];
    if (!one.recalled && now < one.hold_end && !outranks(holder)) continue;
    all.add(holder, one.grant.memory_bytes);
    if (one.recalled) recalled.add(holder, one.grant.memory_bytes);
    if (one.recalled || wish_of(holder).in_steps) in_steps.add(holder, one.recalled ? one.grant.memory_bytes : 0);
  }
  const auto fits_without = [&](const holders_who_may_go& some) {
    const auto bytes = holds(next) ? 0 : asks.wish.memory_bytes;
    return bytes <= bytes_free() + some.bytes && rule.fits_without(asks.wish, some.gone);
  };
  if (fits_without(all) && !fits_without(in_steps))
    accuse(name_of(next) + " is next and would fit without those who may be sent away, and they were not told");
  if (recalled.gone.empty() && fits_without(in_steps))
    accuse(name_of(next) + " is next and would fit if others stopped between two steps, and they were not parked");
}

}  // namespace dunlin::model
