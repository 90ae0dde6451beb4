// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/gang/gang_sim.hpp"

#include <algorithm>
#include <utility>

#include "tests/coordination/sharing/leases/arbiter_history.hpp"

namespace dunlin::sim {

namespace {

constexpr std::uint64_t first_device = 1'000'000;  // beside the holders, for the order of messages
constexpr std::size_t most_events = 100'000;       // whoever needs more goes round in circles

arbiter_config config_of(std::size_t device) {
  arbiter_config out;
  out.capacity = {device_id{device}, 8, 1'000};
  out.terms.ttl = out.terms.max_hold = out.terms.patience = std::chrono::hours{24};
  out.terms.aging_step = 100ms;
  return out;
}

}  // namespace

gang_sim::gang_sim(const gang_sim_config& config) : config_(config) {
  for (std::size_t i = 0; i < config.patterns.size(); ++i) {
    const auto terms = config_of(i);
    devices_.push_back({std::make_unique<arbiter>(terms, rule_of(config.patterns[i], terms.capacity)), terms.capacity});
  }
}

void gang_sim::add(const gang_plan& plan) {
  const agent_id holder{seen_.size() + 1};
  seen_[holder].plan = plan;
  at(now_ + plan.after, [this, holder] {
    const auto& wanted = seen_[holder].plan;
    gang_effects out;
    auto& one = holders_[holder];
    one.left = wanted.work;
    one.gang.emplace(gang_lease::make({holder, wanted.parts, wanted.priority}, config_.terms, now_, out).value());
    follow(holder, out);
  });
}

void gang_sim::switch_at(duration after, std::size_t device, sharing_pattern pattern) {
  at(now_ + after, [this, device, pattern] {
    auto& one = devices_[device];
    sharing_effects out;
    one.shares->switch_to(rule_of(pattern, one.capacity), now_, out);
    perform(device, out);
  });
}

void gang_sim::lose_at(duration after, std::size_t device) {
  at(now_ + after, [this, device] {
    devices_[device].lost = true;
    for (const auto& entry : holders_)
      tell(device, entry.first, [device](gang_lease& gang, time_point, gang_effects& out) {
        gang.on_device_lost({device}, "it fell off the bus", out);
      });
  });
}

// -- time

void gang_sim::at(time_point when, std::function<void()> call) { events_.push({when, ++order_, std::move(call)}); }

/// Each message takes another time, but none overtakes the one before it.
void gang_sim::send(std::uint64_t from, std::uint64_t to, std::function<void()> call) {
  dice_ = dice_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
  const auto took = config_.delay * static_cast<duration::rep>(dice_ >> 33 & 7) / 7;
  auto& last = arrived_[{from, to}];
  last = std::max(last, now_ + took);
  at(last, std::move(call));
}

duration gang_sim::run() {
  auto last = now_;
  for (std::size_t i = 0; wrong_.empty(); ++i) {
    if (i == most_events) {
      wrong_ = "it never ends";
      break;
    }
    const auto due = next_deadline();
    if (events_.empty() && !due) break;
    if (!events_.empty() && (!due || events_.top().at <= *due)) {
      const auto next = events_.top();
      events_.pop();
      now_ = last = next.at;
      next.call();
    } else {
      now_ = std::max(now_, *due);
      tick();
    }
    check();
    check_progress();
  }
  return last - start_;
}

/// Gangs alone have deadlines here: leases last for ever.
std::optional<time_point> gang_sim::next_deadline() const {
  std::optional<time_point> next;
  for (const auto& [holder, one] : holders_)
    if (const auto due = one.gang->next_deadline(); due && (!next || *due < *next)) next = due;
  return next;
}

void gang_sim::tick() {
  for (auto& [holder, one] : holders_) {
    gang_effects out;
    one.gang->tick(now_, out);
    follow(holder, out);
  }
}

// -- the devices' side

void gang_sim::ask(const ask_part& wish) {
  auto& device = devices_[wish.device.value];
  if (device.holders.contains(wish.holder)) return;  // a grant is under way: it answers this too
  if (device.lost)
    return tell(wish.device.value, wish.holder, [wish](gang_lease& gang, time_point now, gang_effects& out) {
      gang.on_refused(wish.device, error{errc::device_lost, "it is gone"}, now, out);
    });
  share_request asked{{wish.holder.value}, wish.holder, wish.wish, wish.priority};
  asked.preemptible = false;
  sharing_effects out;
  if (const auto taken = device.shares->request(asked, now_, out); !taken)
    tell(wish.device.value, wish.holder,
         [wish, why = taken.error()](gang_lease& gang, time_point now, gang_effects& said) {
           gang.on_refused(wish.device, why, now, said);
         });
  perform(wish.device.value, out);
}

void gang_sim::give_back(const return_part& part) {
  auto& device = devices_[part.device.value];
  const auto known = device.holders.find(part.holder);
  const auto token = part.token == 0 || known == device.holders.end() ? 0 : known->second;
  if (part.token != 0) device.holders.erase(part.holder);
  sharing_effects out;
  static_cast<void>(device.shares->release(part.holder, token, now_, out));  // it may have ended meanwhile
  perform(part.device.value, out);
}

void gang_sim::perform(std::size_t device, sharing_effects& effects) {
  for (const auto& effect : effects) std::visit([&](const auto& e) { see(device, e); }, effect);
  if (auto why = devices_[device].shares->conservation(now_); !why.empty()) wrong_ = std::move(why);
}

template <class Call>
void gang_sim::tell(std::size_t device, agent_id holder, Call call) {
  send(first_device + device, holder.value, [this, holder, call] {
    gang_effects out;
    call(*holders_.at(holder).gang, now_, out);
    follow(holder, out);
  });
}

void gang_sim::see(std::size_t device, const share_granted& e) {
  devices_[device].holders[e.contract.holder] = e.contract.token;
  tell(device, e.contract.holder, [contract = e.contract](gang_lease& gang, time_point now, gang_effects& out) {
    gang.on_granted(contract, now, out);
  });
}

void gang_sim::see(std::size_t device, const share_changed& e) {
  devices_[device].holders[e.contract.holder] = e.contract.token;
  tell(device, e.contract.holder, [contract = e.contract](gang_lease& gang, time_point now, gang_effects& out) {
    gang.on_changed(contract, now, out);
  });
}

void gang_sim::see(std::size_t device, const share_parked& e) {
  tell(device, e.holder,
       [device](gang_lease& gang, time_point now, gang_effects& out) { gang.on_parked({device}, now, out); });
}

void gang_sim::see(std::size_t device, const share_recalled& e) {
  const error why{errc::lease_expired, e.why};
  tell(device, e.holder, [device, why](gang_lease& gang, time_point now, gang_effects& out) {
    gang.on_revoked({device}, why, now, out);
  });
}

void gang_sim::see(std::size_t device, const share_revoked& e) {
  devices_[device].holders.erase(e.holder);
  tell(device, e.holder, [device, why = e.why](gang_lease& gang, time_point now, gang_effects& out) {
    gang.on_revoked({device}, why, now, out);
  });
}

void gang_sim::see(std::size_t device, const share_refused& e) {
  tell(device, e.holder, [device, why = e.why](gang_lease& gang, time_point now, gang_effects& out) {
    gang.on_refused({device}, why, now, out);
  });
}

// -- the holders' side

void gang_sim::follow(agent_id holder, gang_effects& effects) {
  for (const auto& effect : effects) {
    if (const auto* wish = std::get_if<ask_part>(&effect))
      send(holder.value, first_device + wish->device.value, [this, wish = *wish] { ask(wish); });
    if (const auto* part = std::get_if<return_part>(&effect))
      send(holder.value, first_device + part->device.value, [this, part = *part] { give_back(part); });
    if (std::holds_alternative<gang_granted>(effect) || std::holds_alternative<gang_resumed>(effect)) begin(holder);
    if (std::holds_alternative<gang_paused>(effect)) pause(holder);
    if (const auto* refused = std::get_if<gang_refused>(&effect)) seen_[holder].refused = to_string(refused->why);
    if (std::holds_alternative<gang_lost>(effect)) {
      pause(holder);
      seen_[holder].lost = true;
    }
  }
  seen_[holder].attempts = holders_.at(holder).gang->attempt();
}

void gang_sim::begin(agent_id holder) {
  auto& one = holders_.at(holder);
  working_.insert(holder);
  one.since = now_;
  at(now_ + one.left, [this, holder, turn = ++one.worked] {
    if (holders_.at(holder).worked == turn) finish(holder);
  });
}

void gang_sim::pause(agent_id holder) {
  auto& one = holders_.at(holder);
  ++one.worked;
  if (working_.erase(holder) > 0) one.left -= now_ - one.since;
}

void gang_sim::finish(agent_id holder) {
  working_.erase(holder);
  seen_[holder].finished = true;
  gang_effects out;
  holders_.at(holder).gang->release(out);
  follow(holder, out);
}

// -- promises

/// Nobody works with a part of what it needs. While messages are under way a holder may not know yet what a device
/// decided; then it goes by what it was told.
void gang_sim::check() {
  for (const auto holder : working_) {
    if (holders_.at(holder).gang->state() != gang_state::working) wrong_ = "a holder works while its gang does not";
    if (config_.delay > duration{0} || !is_settled()) continue;
    for (const auto& part : seen_[holder].plan.parts)
      if (!devices_[part.device.value].lost && !has_share(holder, part.device))
        wrong_ = "a holder works without its share of device " + std::to_string(part.device.value);
  }
}

/// A circle of gangs that wait for each other would be resolved by their deadlines, but must not come to be.
void gang_sim::check_progress() {
  if (!config_.progresses || config_.delay > duration{0} || !is_settled() || !working_.empty()) return;
  for (const auto& [holder, one] : holders_)
    if (one.gang->state() == gang_state::gathering)
      wrong_ = "nobody works, but " + std::to_string(holder.value) + " " + one.gang->in_words();
}

bool gang_sim::is_settled() const { return events_.empty() || events_.top().at > now_; }

bool gang_sim::has_share(agent_id holder, device_id device) const {
  const auto contracts = devices_[device.value].shares->contracts();
  return std::ranges::any_of(
      contracts, [&](const share_contract& each) { return each.holder == holder && each.granted.compute_units > 0; });
}

}  // namespace dunlin::sim
