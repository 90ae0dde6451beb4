// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/shared_device/shared_world.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::sim {

namespace {

constexpr duration leader_beat = 20ms;
constexpr duration silence_of_a_paused_one = 60ms;
constexpr duration notice_of_a_dead_one = 5ms;

sharer_config sharer_of(duration ttl) { return {"cpu", {0}, ttl}; }

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
                                                 false,
                                                 now_,
                                                 device_sharer{sharer_of(options_.ttl)},
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

void shared_world::cut_off(std::uint64_t number, bool is_cut) {
  processes_.at(number)->cut_off = is_cut;
  processes_.at(number)->changed_at = now_;
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
  return (one.paused || one.cut_off) && now_ >= one.changed_at + silence_of_a_paused_one;
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
    if (one->alive && !one->cut_off) send(number, [this, said = appointment_](process& here) { hear(here, said); });
  const auto* deciding = home_object();
  if (wanted_mode_ && deciding != nullptr && deciding->is_open() && !deciding->is_fenced())
    send(appointment_.home.value, [options = *std::exchange(wanted_mode_, std::nullopt), this](process& here) {
      if (here.home) static_cast<void>(here.home->coordinate(options, now_));
    });
}

void shared_world::hear(process& one, const device_appointment& said) {
  if (said.revision <= one.known.revision || !one.sharer.obey(said.epoch, {one.number})) return;
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
  if (one.cut_off || std::uniform_int_distribution<std::uint32_t>{0, 999}(random_) < lost_permille_) return;
  at(now_ + delay(), [this, number = one.number, epoch = one.home->epoch(), asked = now_] {
    if (appointment_.home.value != number || appointment_.epoch != epoch) return;
    send(number, [=, this](process& here) {
      if (here.home && here.home->epoch() == epoch) here.home->prolong(asked + options_.ttl);
    });
  });
}

}  // namespace dunlin::sim
