// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/device_home.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dunlin {

namespace {

/// The roster says when a sharer's leases are over, and nothing else does: also of a home that stood still itself.
arbiter_config arbiter_of(const home_config& config, std::uint32_t epoch) {
  auto out = config.device;
  out.last_token = std::max(out.last_token, make_epoch(epoch, 0));
  out.terms.ttl = std::chrono::hours{24 * 365};
  return out;
}

std::optional<time_point> sooner(std::optional<time_point> a, std::optional<time_point> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

share_request request_of(agent_id far, request_id number, const sharer_seat& wanted, time_point now) {
  share_request out;
  out.request = number;
  out.holder = far;
  out.wish = wanted.wish;
  out.priority = wanted.priority;
  out.preemptible = wanted.preemptible;
  out.patience = wanted.patience;
  out.in_steps = out.at_gate = wanted.in_steps;
  out.boosts = begun(wanted.boosts, now);
  return out;
}

}  // namespace

device_home::device_home(const home_config& config, const device_appointment& by, time_point now)
    : config_(config),
      name_(by.device),
      epoch_(by.epoch),
      revision_(by.revision),
      sharing_(arbiter_of(config, by.epoch), config.terms),
      roster_(config.shared.ttl + config.shared.grace),
      lanes_(config.device.capacity.compute_units, make_epoch(by.epoch, 0)),
      call_again_(now) {
  std::vector<sharer_id> gone;
  if (!roster_.appoint(by.sharers, gone)) fenced_ = true;
  heritage_.emplace(by.sharers, by.strangers, now + config.shared.ttl + config.shared.grace);
  mode_.revision = make_epoch(epoch_, 0);
}

result<void> device_home::appoint(const device_appointment& by, time_point now) {
  if (by.epoch > epoch_) fenced_ = true;
  if (by.epoch != epoch_ || fenced_)
    return fail(errc::fenced_off, "epoch " + std::to_string(by.epoch) + ", this home has " + std::to_string(epoch_));
  if (by.revision <= revision_) return {};
  std::vector<sharer_id> gone;
  if (auto taken = roster_.appoint(by.sharers, gone); !taken) return taken;
  revision_ = by.revision;
  for (const auto sharer : gone) lose(sharer, now);
  roster_.tell_all();
  settle();
  return {};
}

result<void> device_home::coordinate(const share_options& options, time_point now) {
  if (!is_open()) return fail(errc::conflict, "the device's new home still asks who holds what", "try again soon");
  if (auto shared = sharing_.coordinate(options, now, effects_); !shared) return shared;
  absorb();
  mode_ = {mode_.revision + 1, options};
  roster_.tell_all();
  settle();
  return {};
}

result<void> device_home::on_state(const sharer_state& said, time_point now) {
  if (said.epoch > epoch_) fenced_ = true;
  if (fenced_) return fail(errc::fenced_off, "the device has another home", "report to it");
  if (roster_.find(said.sharer) == nullptr)
    return fail(errc::not_found, "sharer " + std::to_string(said.sharer.value) + " was not appointed");
  if (said.epoch < epoch_) {
    roster_.tell(said.sharer);  // it has not heard of this home
    return {};
  }
  if (!roster_.hear(said.sharer, said.sequence, now)) return {};
  if (heritage_)
    heritage_->on_state(said);
  else
    compare(said, now);
  tick(now);
  return {};
}

void device_home::tick(time_point now) {
  if (fenced_) return;
  while (const auto silent = roster_.lose_silent(now, latest_to_lose())) lose(*silent, now);
  if (heritage_ && heritage_->is_complete(now)) take_over(now);
  if (!heritage_) sharing_.tick(now, effects_);
  absorb();
  if (now >= call_again_) {
    call_again_ = now + config_.shared.ttl / 4;
    for (const auto& [sharer, one] : roster_.all())
      if (!one.here) roster_.tell(sharer);
  }
  settle();
}

/// What a sharer was told holds no more only if no other home can have prolonged it: if this one was still the home, as
/// the leader said, when it ended. The right was given one `ttl` before its end.
time_point device_home::latest_to_lose() const { return right_until_ - 2 * config_.shared.ttl; }

std::optional<time_point> device_home::next_deadline() const {
  if (fenced_) return std::nullopt;
  auto next = sooner(call_again_, roster_.next_loss(latest_to_lose()));
  return sooner(next, heritage_ ? heritage_->deadline() : sharing_.next_deadline());
}

void device_home::lose(sharer_id sharer, time_point now) {
  if (heritage_) heritage_->forget(sharer);
  for (auto at = seats_.lower_bound(far_agent(sharer, {0})); at != seats_.end() && sharer_of(at->first) == sharer;) {
    const auto far = at->first;
    at = seats_.erase(at);
    sharing_.holder_lost(far, now, effects_);
    absorb();
  }
  lanes_.forget(sharer);
}

// -- taking over

/// Leases first, in the order in which they were granted, then wishes.
void device_home::take_over(time_point now) {
  const auto heritage = *std::exchange(heritage_, std::nullopt);
  if (const auto mode = heritage.mode(); mode.revision != 0) {
    mode_.options = mode.options;
    // Options that were in force are valid; under none the device stays exclusive, which is safe.
    static_cast<void>(sharing_.coordinate(mode.options, now, effects_));
    absorb();
  }
  ++mode_.revision;
  for (const auto& one : heritage.leases()) inherit(one, now);
  for (const auto& [sharer, said] : heritage.states()) {
    for (const auto& had : said.turns)
      if (!had.over) lanes_.adopt(sharer, had.turn);
    compare(said, now);
  }
  roster_.tell_all();
}

/// What cannot go on waits like a new wish.
void device_home::inherit(const heirloom& one, time_point now) {
  const auto far = far_agent(one.sharer, one.seat.agent);
  auto& known = seats_[far];
  known.told.request = one.seat.request;
  known.told.agent = one.seat.agent;
  known.told.granted.memory_bytes = one.seat.wish.memory_bytes;
  known.announced = true;
  known.used = one.seat.used;
  const auto held = request_of(far, {++last_request_}, one.seat, now);
  if (!sharing_.adopt(held, one.seat.token, now, effects_)) seats_.erase(far);
  absorb();
}

// -- what a sharer says

void device_home::compare(const sharer_state& said, time_point now) {
  lanes_.on_report(said.sharer, said.turns, said.heard);
  drop_unwanted(said, now);
  note_enforcement(said);
  auto seats = static_cast<std::size_t>(std::distance(seats_.lower_bound(far_agent(said.sharer, {0})),
                                                      seats_.lower_bound(far_agent({said.sharer.value + 1}, {0}))));
  for (const auto& wanted : said.seats) {
    const auto known = seats_.find(far_agent(said.sharer, wanted.agent));
    if (known != seats_.end())
      note_use(known->first, known->second, wanted);
    else if (++seats <= config_.shared.most_seats)
      take_seat(said.sharer, wanted, now);
  }
  hear_bargain(said, now);
}

/// Units are kept to no better than by whoever keeps to them worst.
void device_home::note_enforcement(const sharer_state& said) {
  auto* known = roster_.find(said.sharer);
  if (known == nullptr) return;
  auto& entry = *known;
  entry.kept = said.kept;
  entry.kept_why = said.kept_why.empty() ? std::string{} : entry.place.node + ": " + said.kept_why;
  const auto& all = roster_.all();
  const auto worst = std::ranges::min_element(all, {}, [](const auto& one) { return one.second.kept; })->second;
  sharing_.set_enforcement(worst.kept, worst.kept_why);
}

/// A seat that is not in the message was given up: whoever had it has ended.
void device_home::drop_unwanted(const sharer_state& said, time_point now) {
  std::vector<agent_id> gone;
  for (auto at = seats_.lower_bound(far_agent(said.sharer, {0}));
       at != seats_.end() && sharer_of(at->first) == said.sharer; ++at) {
    const auto is_it = [&](const sharer_seat& one) {
      return one.agent == near_agent(at->first) && one.request == at->second.told.request;
    };
    if (std::ranges::none_of(said.seats, is_it)) gone.push_back(at->first);
  }
  for (const auto far : gone) {
    const auto was = seats_.at(far).told.state;
    seats_.erase(far);
    if (was != seat_state::ended) sharing_.holder_lost(far, now, effects_);
    absorb();
  }
}

void device_home::take_seat(sharer_id sharer, const sharer_seat& wanted, time_point now) {
  const auto far = far_agent(sharer, wanted.agent);
  auto& added = seats_[far];
  added.told.request = wanted.request;
  added.told.agent = wanted.agent;
  added.at_work = wanted.at_work;
  added.used = wanted.used;
  const auto asked = sharing_.request(request_of(far, {++last_request_}, wanted, now), now, effects_);
  if (!asked) end_seat(far, asked.error());
  absorb();
}

void device_home::note_use(agent_id far, seat& known, const sharer_seat& said) {
  known.at_work = said.at_work;
  if (said.token != 0 && said.token == known.told.token) {
    auto more = said.used;
    more.busy_ns -= std::min(more.busy_ns, known.used.busy_ns);
    more.launches -= std::min(more.launches, known.used.launches);
    if (!(more == share_use{})) sharing_.on_used(far, said.token, more);
    known.used = said.used;
  }
}

/// Bids of strangers and late ones change nothing.
void device_home::hear_bargain(const sharer_state& said, time_point now) {
  for (auto bid : said.bids) {
    bid.bidder = far_agent(said.sharer, bid.bidder);
    static_cast<void>(sharing_.on_bid(bid, now, effects_));
    absorb();
  }
  for (auto answer : said.answers) {
    answer.from = far_agent(said.sharer, answer.from);
    static_cast<void>(sharing_.on_answer(answer, now, effects_));
    absorb();
  }
}

}  // namespace dunlin
