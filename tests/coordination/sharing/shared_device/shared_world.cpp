// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/shared_device/shared_world.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::sim {

namespace {

constexpr duration leader_beat = 20ms;
constexpr duration silence_of_a_paused_one = 60ms;
constexpr duration notice_of_a_dead_one = 5ms;

sharer_config sharer_of_number(std::uint64_t number, duration ttl) { return {{number}, {0}, ttl}; }

}  // namespace

shared_world::shared_world(const world_options& options)
    : options_(options), random_(options.seed), on_unit_(options.units) {
  lead();
}

// -- events

void shared_world::at(time_point when, std::function<void()> what) { events_.push({when, ++order_, std::move(what)}); }

duration shared_world::delay() {
  return duration{
      std::uniform_int_distribution<duration::rep>{options_.fastest.count(), options_.slowest.count()}(random_)};
}

void shared_world::send(std::uint64_t to, std::function<void(process&)> what) {
  if (std::uniform_int_distribution<std::uint32_t>{0, 999}(random_) < lost_permille_) return;
  at(now_ + delay(), [this, to, what = std::move(what)] { into(to, what); });
}

/// What comes to a process that stands still waits in front of it.
void shared_world::into(std::uint64_t to, const std::function<void(process&)>& what) {
  auto& one = *processes_.at(to);
  if (!one.alive) return;
  if (one.paused) {
    one.held_up.push_back([this, to, what] { into(to, what); });
    return;
  }
  what(one);
  pump(one);
}

void shared_world::run_for(duration time) {
  const auto until = now_ + time;
  while (!events_.empty() && events_.top().at <= until) {
    now_ = events_.top().at;
    const auto what = events_.top().what;
    events_.pop();
    what();
  }
  now_ = until;
}

// -- what happens

std::uint64_t shared_world::start() {
  const auto number = processes_.size() + 1;
  auto added = std::make_unique<process>(process{number,
                                                 true,
                                                 false,
                                                 now_,
                                                 device_sharer{sharer_of_number(number, options_.ttl)},
                                                 step_turns{options_.units, {}},
                                                 {},
                                                 {},
                                                 {},
                                                 0,
                                                 {},
                                                 {},
                                                 {}});
  added->turns.need_permits();
  processes_.emplace(number, std::move(added));
  announce();
  return number;
}

void shared_world::kill(std::uint64_t number) {
  auto& one = *processes_.at(number);
  one.alive = false;
  one.changed_at = now_;
  one.home.reset();
  one.held_up.clear();
  for (auto& unit : on_unit_) std::erase_if(unit, [=](const occupant& it) { return it.process == number; });
}

void shared_world::pause(std::uint64_t number) {
  processes_.at(number)->paused = true;
  processes_.at(number)->changed_at = now_;
}

void shared_world::resume(std::uint64_t number) {
  auto& one = *processes_.at(number);
  one.paused = false;
  one.changed_at = now_;
  // Nobody knows what it does first: its steps and timers, or what it has been told.
  auto held_up = std::exchange(one.held_up, {});
  std::ranges::shuffle(held_up, random_);
  for (const auto& what : held_up) what();
  into(number, [](process&) {});
}

void shared_world::coordinate(const share_options& options) { wanted_mode_ = options; }

agent_id shared_world::add(std::uint64_t number, const world_job& job) {
  auto& one = *processes_.at(number);
  const agent_id agent{++one.last_agent};
  one.agents[agent].job = job;
  into(number, [this, agent, job](process& here) {
    share_request asked;
    asked.request = {agent.value};
    asked.holder = agent;
    asked.wish = job.wish;
    asked.priority = job.priority;
    asked.preemptible = options_.preemptible;
    asked.in_steps = true;
    if (!here.sharer.ask(asked, now_)) wrong("a wish was not taken");
  });
  return agent;
}

// -- what is seen

std::vector<std::uint64_t> shared_world::living() const {
  std::vector<std::uint64_t> out;
  for (const auto& [number, one] : processes_)
    if (one->alive) out.push_back(number);
  return out;
}

std::string shared_world::first_failure() const {
  for (const auto& [number, one] : processes_)
    for (const auto& [id, agent] : one->agents)
      if (agent.seen.failures > 0) return to_string(agent.seen.failure);
  return {};
}

bool shared_world::is_idle() const {
  return std::ranges::all_of(processes_, [](const auto& entry) {
    return !entry.second->alive ||
           std::ranges::all_of(entry.second->agents, [](const auto& it) { return it.second.seen.done; });
  });
}

const shared_world::seen& shared_world::of(std::uint64_t number, agent_id agent) const {
  return processes_.at(number)->agents.at(agent).seen;
}

const device_home* shared_world::home_object() const {
  const auto found = processes_.find(appointment_.home.value);
  return found == processes_.end() || !found->second->home ? nullptr : &*found->second->home;
}

void shared_world::wrong(const std::string& what) {
  if (broken_.empty()) broken_ = std::to_string((now_ - time_point{1'000s}) / 1us) + " us: " + what;
}

// -- the leader

void shared_world::lead() {
  announce();
  at(now_ + leader_beat, [this] { lead(); });
}

bool shared_world::suspects(const process& one) const {
  if (!one.alive) return now_ >= one.changed_at + notice_of_a_dead_one;
  return one.paused && now_ >= one.changed_at + silence_of_a_paused_one;
}

/// Everybody hears again and again who the home is; that of a process that is gone for good is the next one's.
void shared_world::announce() {
  auto next = appointment_;
  next.sharers.clear();
  sharer_id first;
  for (const auto& [number, one] : processes_) {
    if (!one->alive && suspects(*one)) continue;
    next.sharers.push_back({{number}, "p" + std::to_string(number), {number}});
    if (!first && !suspects(*one)) first = {number};
  }
  const auto at_home = processes_.find(next.home.value);
  if (first && (at_home == processes_.end() || suspects(*at_home->second))) {
    next.home = first;
    ++next.epoch;
  }
  if (next != appointment_) ++next.revision;
  appointment_ = next;
  for (const auto& [number, one] : processes_)
    if (one->alive) send(number, [this, said = appointment_](process& here) { hear(here, said); });
  const auto* deciding = home_object();
  if (wanted_mode_ && deciding != nullptr && deciding->is_open() && !deciding->is_fenced())
    send(appointment_.home.value, [options = *std::exchange(wanted_mode_, std::nullopt), this](process& here) {
      if (here.home) static_cast<void>(here.home->coordinate(options, now_));
    });
}

void shared_world::hear(process& one, const device_appointment& said) {
  if (said.revision <= one.known.revision || !one.sharer.obey(said.epoch)) return;
  one.known = said;
  if (said.home.value != one.number) {
    one.home.reset();
    return;
  }
  if (one.home && one.home->epoch() == said.epoch) {
    static_cast<void>(one.home->appoint(said, now_));
    return;
  }
  home_config config;
  config.device.capacity = {device_id{0}, options_.units, options_.bytes};
  config.device.terms.max_hold = options_.max_hold;
  config.device.terms.grace = 100ms;
  config.device.terms.aging_step = 100ms;
  config.device.terms.patience = 1'000s;
  config.shared.ttl = options_.ttl;
  config.shared.grace = options_.grace;
  one.home.emplace(config, said, now_);
  one.right_asked.reset();
}

/// Prolonged from when it was asked for.
void shared_world::ask_for_right(process& one) {
  if (one.right_asked && now_ < *one.right_asked + options_.ttl / 8) return;
  one.right_asked = now_;
  if (std::uniform_int_distribution<std::uint32_t>{0, 999}(random_) < lost_permille_) return;
  at(now_ + delay(), [this, number = one.number, epoch = one.home->epoch(), asked = now_] {
    if (appointment_.home.value != number || appointment_.epoch != epoch) return;
    send(number, [=, this](process& here) {
      if (here.home && here.home->epoch() == epoch) here.home->prolong(asked + options_.ttl);
    });
  });
}

// -- a process

void shared_world::pump(process& one) {
  sharer_effects out;
  one.sharer.tick(now_, out);
  perform(one, out);
  begin_steps(one);
  if (one.home) {
    one.home->tick(now_);
    if (one.home->is_fenced())
      one.home.reset();
    else
      tell(one);
  }
  report(one);
  wake_in_time(one);
}

void shared_world::report(process& one) {
  auto said = one.sharer.take_state(now_);
  if (!said || !one.known.home) return;
  send(one.known.home.value, [this, said = std::move(*said)](process& here) {
    if (here.home) static_cast<void>(here.home->on_state(said, now_));
  });
}

void shared_world::tell(process& one) {
  ask_for_right(one);
  if (const auto alarm = one.home->sharing().leases().conservation(now_); !alarm.empty()) wrong(alarm);
  std::vector<told_sharer> told;
  one.home->take_told(now_, told);
  for (auto& [to, state] : told) {
    if (!processes_.contains(to.value)) continue;
    send(to.value, [this, state = std::move(state)](process& here) {
      sharer_effects out;
      if (here.sharer.on_state(state, now_, out)) perform(here, out);
    });
  }
}

void shared_world::wake_in_time(process& one) {
  auto next = std::max(one.sharer.next_deadline(), now_ + 1ms);
  if (one.home) {
    next = std::min(next, *one.right_asked + options_.ttl / 8);
    if (const auto due = one.home->next_deadline()) next = std::min(next, std::max(*due, now_ + 100us));
  }
  next = std::max(next, now_ + 100us);
  if (one.wakes_at && *one.wakes_at > now_ && *one.wakes_at <= next) return;
  one.wakes_at = next;
  at(next, [this, number = one.number] { into(number, [](process&) {}); });
}

void shared_world::perform(process& one, sharer_effects& out) {
  for (const auto& effect : out.leases) std::visit([&](const auto& it) { see(one, it); }, effect);
  auto& permits = *one.turns.permits();
  for (const auto& turn : out.opened) permits.open(turn);
  for (const auto serial : out.closed) permits.close(serial);
  if (out.valid_until) permits.valid_until(*out.valid_until);
  if (out.options) one.turns.set_terms(terms_of(*out.options));
  check_bytes();
  begin_steps(one);
}

void shared_world::see(process& one, const share_granted& e) {
  auto& agent = one.agents.at(e.contract.holder);
  note_token(one, e.contract.holder, e.contract.token);
  agent.seen.grant = e.contract.granted;
  agent.holds = true;
  one.turns.put(e.contract);
  arrive(one, e.contract.holder);
}

void shared_world::see(process& one, const share_changed& e) {
  auto& agent = one.agents.at(e.contract.holder);
  note_token(one, e.contract.holder, e.contract.token);
  agent.seen.grant = e.contract.granted;
  agent.seen.parked = false;
  one.turns.put(e.contract);
}

void shared_world::see(process& one, const share_parked& e) {
  one.agents.at(e.holder).seen.parked = true;
  one.turns.park(e.holder);
}

void shared_world::see(process& one, const share_revoked& e) {
  auto& agent = one.agents.at(e.holder);
  agent.seen.failure = e.why;
  ++agent.seen.failures;
  one.turns.remove(e.holder);
  agent.lost = true;
  if (!agent.runs) end_job(one, e.holder);
}

void shared_world::see(process& one, const share_refused& e) {
  one.agents.at(e.holder).seen.failure = e.why;
  ++one.agents.at(e.holder).seen.failures;
  end_job(one, e.holder);
}

void shared_world::note_token(process& one, agent_id agent, fencing_token token) {
  auto& seen = one.agents.at(agent).seen;
  if (token <= seen.token) wrong("a token fell");
  seen.token = token;
  const auto known = tokens_.try_emplace(token, one.number, agent).first->second;
  if (known != std::pair{one.number, agent}) wrong("one token went to two holders");
}

// -- steps

void shared_world::arrive(process& one, agent_id agent) {
  if (!one.turns.arrive(agent, one.agents.at(agent).seen.token)) wrong("a holder's step was refused");
  one.sharer.set_at_work(agent, true);
}

void shared_world::begin_steps(process& one) {
  std::vector<agent_id> begun;
  one.turns.take_begun(begun, now_);
  for (const auto agent : begun) {
    check_units(one, agent);
    one.agents.at(agent).runs = true;
    one.agents.at(agent).seen.last_begun = now_;
    at(now_ + one.agents.at(agent).job.step,
       [this, number = one.number, agent] { into(number, [=, this](process& here) { end_step(here, agent); }); });
  }
  std::vector<spent_permit> spent;
  one.turns.permits()->take_spent(spent);
  for (const auto& turn : spent) one.sharer.on_spent(turn);
}

void shared_world::check_units(const process& one, agent_id agent) {
  auto units = one.turns.units_of(agent);
  if (units.empty())
    for (std::uint32_t unit = 0; unit < options_.units; ++unit) units.push_back(unit);
  if (now_ >= one.sharer.valid_until()) wrong("a step began when nothing held any more");
  for (const auto unit : units) {
    for (const auto& other : on_unit_[unit])
      if (!processes_.at(other.process)->paused)  // its step stands still too
        wrong("unit " + std::to_string(unit) + " has steps of p" + std::to_string(other.process) + " and p" +
              std::to_string(one.number));
    on_unit_[unit].push_back({one.number, agent});
  }
}

void shared_world::check_bytes() {
  std::uint64_t bytes = 0;
  for (const auto& [number, one] : processes_) {
    if (!one->alive || one->paused || now_ >= one->sharer.valid_until()) continue;
    for (const auto& [id, agent] : one->agents)
      if (agent.holds && !agent.seen.parked) bytes += agent.seen.grant.memory_bytes;
  }
  if (bytes > options_.bytes) wrong(std::to_string(bytes) + " bytes are held");
}

void shared_world::end_step(process& one, agent_id agent) {
  for (auto& unit : on_unit_)
    std::erase_if(unit, [&](const occupant& it) { return it.process == one.number && it.agent == agent; });
  auto& its = one.agents.at(agent);
  its.runs = false;
  ++its.seen.steps;
  its.seen.busy += its.job.step;
  const bool is_last = its.lost || its.seen.steps >= its.job.steps;
  one.turns.end_step(agent, its.job.step, !is_last && its.job.think == duration{0});
  if (!its.lost)
    one.sharer.on_used(agent, {static_cast<std::uint64_t>(its.job.step.count()), 0, 1, exactness::upper_bound});
  if (is_last) return end_job(one, agent);
  if (its.job.think == duration{0}) return;
  one.sharer.set_at_work(agent, false);
  at(now_ + its.job.think, [this, number = one.number, agent] {
    into(number, [=, this](process& here) {
      if (here.agents.at(agent).holds && !here.agents.at(agent).runs) arrive(here, agent);
    });
  });
}

void shared_world::end_job(process& one, agent_id agent) {
  auto& its = one.agents.at(agent);
  its.holds = false;
  its.seen.done = true;
  one.turns.remove(agent);
  one.sharer.give_back(agent);
}

}  // namespace dunlin::sim
