// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/negotiation.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "coordination/sharing/collaborative/extras.hpp"

namespace dunlin {

namespace {

constexpr std::uint32_t whole_device = 1'000;
constexpr std::size_t most_values = whole_device / share_bid::step_milli;

std::string text_of(agent_id agent) { return "agent " + std::to_string(agent.value); }

/// What a claim counts for; a claim of something never counts for nothing.
std::uint32_t scaled(std::uint32_t claim, const party& by) noexcept {
  return static_cast<std::uint32_t>((std::uint64_t{claim} * std::min(by.credibility_milli, 1'000U) + 999) / 1'000);
}

result<void> check_parties(const std::vector<party>& all, std::size_t most) {
  if (all.empty()) return fail(errc::invalid_argument, "a negotiation of nobody", {}, "parties");
  if (all.size() > most)
    return fail(errc::overloaded, std::to_string(all.size()) + " parties, at most " + std::to_string(most));
  std::uint64_t kept = 0;
  std::set<agent_id> seen;
  for (const auto& one : all) {
    kept += one.kept_milli;
    if (!one.agent || !seen.insert(one.agent).second)
      return fail(errc::invalid_argument, text_of(one.agent) + " is nobody or is named twice", {}, "parties");
  }
  if (kept > whole_device)
    return fail(errc::invalid_argument, std::to_string(kept) + " milli are kept of one device", {}, "parties");
  return {};
}

result<void> check_figures(const share_bid& bid) {
  if (bid.least_milli > bid.most_milli || bid.most_milli > whole_device)
    return fail(
        errc::invalid_argument,
        "at least " + std::to_string(bid.least_milli) + " and at most " + std::to_string(bid.most_milli) + " milli",
        "the most is at least the least and at most 1000", "most_milli");
  if (bid.values.size() > most_values)
    return fail(errc::invalid_argument, std::to_string(bid.values.size()) + " values", "at most 10", "values");
  if (!std::is_sorted(bid.values.rbegin(), bid.values.rend()))
    return fail(errc::invalid_argument, "values that rise", "each further part is worth at most what the one before is",
                "values");
  if (bid.needed_for < duration{0})
    return fail(errc::expired, "the deadline of the bid has passed", "bid for what comes next", "needed_for");
  return {};
}

}  // namespace

negotiation::negotiation(const device_capacity& capacity, const bargain_terms& terms, std::uint64_t last_call)
    : capacity_(capacity), terms_(terms), call_(last_call) {
  terms_.rounds = std::max(terms_.rounds, 1U);
}

// -- what is said

result<void> negotiation::open(const std::vector<party>& oldest_first, time_point now, bargain_effects& out) {
  if (under_way()) return fail(errc::conflict, "call " + std::to_string(call_) + " is under way");
  if (auto checked = check_parties(oldest_first, terms_.most_parties); !checked) return checked;
  ++call_;
  round_ = 0;
  seats_.clear();
  bids_called called{{call_, capacity_.device, capacity_.compute_units, terms_.rounds, terms_.bid_within}, {}};
  for (const auto& one : oldest_first) {
    const auto& wish = one.wish;
    seats_.push_back(
        {one, scaled(wish.compute_milli, one), scaled(std::max(wish.compute_milli, wish.most_milli), one)});
    called.to.push_back(one.agent);
  }
  begin(stage::bidding, now + terms_.bid_within);
  out.emplace_back(std::move(called));
  return {};
}

result<void> negotiation::on_bid(const share_bid& bid, time_point now, bargain_effects& out) {
  tick(now, out);
  const auto found = seat_of(bid.bidder, bid.call);
  if (!found) return fail(found.error());
  auto& seat = **found;
  if (stage_ != stage::bidding || seat.has_bid)
    return fail(errc::conflict, seat.has_bid ? text_of(bid.bidder) + " has bid already" : "bids are closed");
  if (auto checked = check_figures(bid); !checked) return checked;
  seat.least = scaled(bid.least_milli, seat.who);
  seat.most = scaled(bid.most_milli, seat.who);
  seat.who.kept_milli = std::min(seat.who.kept_milli, bid.most_milli);
  seat.values = bid.values;
  for (auto& value : seat.values) value = scaled(value, seat.who);
  if (bid.needed_for > duration{0}) seat.deadline = now + bid.needed_for;
  seat.has_bid = seat.heard = true;
  go_on_if_all_are_heard(now, out);
  return {};
}

result<void> negotiation::on_answer(const share_answer& answer, time_point now, bargain_effects& out) {
  tick(now, out);
  const auto found = seat_of(answer.from, answer.call);
  if (!found) return fail(found.error());
  auto& seat = **found;
  if (stage_ != stage::offering) return fail(errc::conflict, "nothing is offered");
  if (answer.round < round_)
    return fail(errc::fenced_off,
                "an answer to round " + std::to_string(answer.round) + " in round " + std::to_string(round_));
  if (answer.round > round_)
    return fail(errc::invalid_argument, "round " + std::to_string(answer.round) + " was not reached", {}, "round");
  if (seat.heard) return fail(errc::conflict, text_of(answer.from) + " has answered already");
  if (!answer.accept && answer.compute_milli > whole_device)
    return fail(errc::invalid_argument, std::to_string(answer.compute_milli) + " milli of one device", "at most 1000",
                "compute_milli");
  if (!answer.accept && answer.compute_milli != seat.offered) seat.counter = answer;
  seat.heard = true;
  go_on_if_all_are_heard(now, out);
  return {};
}

result<negotiation::seat*> negotiation::seat_of(agent_id agent, std::uint64_t call) {
  const auto found = std::ranges::find(seats_, agent, [](const seat& one) { return one.who.agent; });
  if (found == seats_.end()) return fail(errc::not_holder, text_of(agent) + " takes no part in this negotiation");
  if (call < call_)
    return fail(errc::fenced_off, "call " + std::to_string(call) + ", the newest is " + std::to_string(call_));
  if (call > call_) return fail(errc::invalid_argument, "call " + std::to_string(call) + " was not made", {}, "call");
  return &*found;
}

void negotiation::party_lost(agent_id agent, time_point now, bargain_effects& out) {
  const auto found = std::ranges::find(seats_, agent, [](const seat& one) { return one.who.agent; });
  if (found == seats_.end()) return;
  seats_.erase(found);
  if (seats_.empty()) stage_ = stage::idle;
  if (under_way()) go_on_if_all_are_heard(now, out);
}

// -- rounds

void negotiation::tick(time_point now, bargain_effects& out) {
  if (under_way() && now >= until_) close_round(now, out);
}

std::optional<time_point> negotiation::next_deadline() const {
  return under_way() ? std::optional{until_} : std::nullopt;
}

void negotiation::begin(stage next, time_point until) {
  stage_ = next;
  until_ = until;
}

void negotiation::go_on_if_all_are_heard(time_point now, bargain_effects& out) {
  if (std::ranges::all_of(seats_, &seat::heard)) close_round(now, out);
}

void negotiation::close_round(time_point now, bargain_effects& out) {
  if (stage_ == stage::bidding) {
    for (auto& one : seats_) one.heard = false;
    return make_offers(now, out);
  }
  bool anybody = false;
  for (auto& one : seats_) {
    one.heard = !one.counter;
    anybody = anybody || one.counter;
    if (one.counter) take_counter(one);
  }
  if (anybody && round_ < terms_.rounds) return make_offers(now, out);
  if (anybody) return settle(fair_shares(), false, out);
  std::vector<std::uint32_t> offered;
  offered.reserve(seats_.size());
  for (const auto& one : seats_) offered.push_back(one.offered);
  settle(offered, true, out);
}

/// Whoever has accepted what it is offered again is not asked again.
void negotiation::make_offers(time_point now, bargain_effects& out) {
  ++round_;
  const auto amounts = best_offers();
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    auto& one = seats_[i];
    if (one.heard && one.offered == amounts[i]) continue;
    one.heard = false;
    one.offered = amounts[i];
    out.emplace_back(share_offered{{call_, round_, one.who.agent, one.offered, one.who.wish.memory_bytes,
                                    one.who.stands_as, terms_.answer_within}});
  }
  begin(stage::offering, now + terms_.answer_within);
}

/// Less: it leaves the rest to others, and keeps no more. More: each further part is worth what it says.
void negotiation::take_counter(seat& from) {
  const auto counter = *std::exchange(from.counter, std::nullopt);
  if (counter.compute_milli < from.offered) {
    from.most = counter.compute_milli;
    from.who.kept_milli = std::min(from.who.kept_milli, counter.compute_milli);
  } else {
    from.most = std::max(from.offered, scaled(counter.compute_milli, from.who));
    from.values.assign(most_values, scaled(counter.value, from.who));
  }
  from.least = std::min(from.least, from.most);
}

void negotiation::settle(const std::vector<std::uint32_t>& amounts, bool agreed, bargain_effects& out) {
  bargain_settled settled;
  settled.call = call_;
  settled.agreed = agreed;
  settled.rounds = round_;
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const auto& one = seats_[i];
    settled.allotments.push_back({one.who.agent, amounts[i]});
    if (!one.has_bid) settled.silent.push_back(one.who.agent);
    if (one.deadline && (!settled.review || *one.deadline < *settled.review)) settled.review = one.deadline;
  }
  stage_ = stage::idle;
  out.emplace_back(std::move(settled));
}

// -- who gets what

std::vector<fair_claim> negotiation::claims() const {
  std::vector<fair_claim> out;
  out.reserve(seats_.size());
  for (const auto& one : seats_) {
    const auto& wish = one.who.wish;
    const bool guaranteed = one.who.stands_as == share_class::guaranteed;
    out.push_back({wish.weight, memory_ppm(wish.memory_bytes, capacity_.memory_bytes), one.who.kept_milli,
                   guaranteed ? std::min(one.least, wish.compute_milli) : 0, one.least, one.most});
  }
  return out;
}

std::vector<std::uint32_t> negotiation::best_offers() const {
  std::uint64_t rest = 0;
  auto amounts = meet_needs(claims(), whole_device, rest);
  std::vector<extra_demand> demands;
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const auto& one = seats_[i];
    auto cap = one.least;
    for (const auto value : one.values)
      demands.push_back({i, value, cap = std::min(cap + share_bid::step_milli, one.most)});
  }
  rest = give_by_value(amounts, std::move(demands), rest);
  for (std::size_t i = 0; i < seats_.size(); ++i)
    amounts[i].cap = std::max<std::uint64_t>(amounts[i].has, seats_[i].most);
  fill_fairly(amounts, rest);
  std::vector<std::uint32_t> out;
  out.reserve(amounts.size());
  for (const auto& one : amounts) out.push_back(static_cast<std::uint32_t>(one.has));
  return out;
}

std::vector<std::uint32_t> negotiation::fair_shares() const {
  const auto amounts = divide_fairly(claims(), whole_device);
  return {amounts.begin(), amounts.end()};
}

}  // namespace dunlin
