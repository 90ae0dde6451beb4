// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/shared_device/shared_world.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::sim {

namespace {

constexpr duration leader_beat = 20ms;
constexpr duration silence_of_a_paused_one = 60ms;
constexpr duration notice_of_a_dead_one = 5ms;

constexpr std::uint32_t homes_of_a_leader = 1U << 16U;

shared_device_config config_of(std::uint64_t number, const world_options& options) {
  shared_device_config out;
  out.here = {shared_world::device_name, {0}, options.ttl};
  out.own_life = {number};
  out.home.device.capacity = {device_id{0}, options.units, options.bytes};
  out.home.device.terms.max_hold = options.max_hold;
  out.home.device.terms.grace = 100ms;
  out.home.device.terms.aging_step = 100ms;
  out.home.device.terms.patience = 1'000s;
  out.home.shared.ttl = options.ttl;
  out.home.shared.grace = options.grace;
  return out;
}

}  // namespace

shared_world::shared_world(const world_options& options)
    : options_(options),
      random_(options.seed),
      homes_(term_ * homes_of_a_leader, false, options.ttl + options.grace),
      on_unit_(options.units) {
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
                                                 shared_device{config_of(number, options_)},
                                                 step_turns{options_.units, {}},
                                                 {},
                                                 0,
                                                 {},
                                                 {}});
  added->turns.need_permits();
  processes_.emplace(number, std::move(added));
  join(number);
  into(number, [this](process& one) { beat(one); });
  return number;
}

void shared_world::kill(std::uint64_t number) {
  auto& one = *processes_.at(number);
  one.alive = false;
  one.changed_at = now_;
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
    if (!here.device.sharer().ask(asked, now_)) wrong("a wish was not taken");
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

std::uint64_t shared_world::home() const {
  const auto* told = homes_.find(device_name);
  if (told == nullptr) return 0;
  const auto& sharers = told->appointed.sharers;
  const auto at = std::ranges::find(sharers, told->appointed.home, &sharer_place::sharer);
  return at == sharers.end() ? 0 : at->life.value;
}

std::uint32_t shared_world::epoch() const {
  const auto* told = homes_.find(device_name);
  return told == nullptr ? 0 : told->appointed.epoch % homes_of_a_leader;
}

const device_home* shared_world::home_object() const {
  const auto found = processes_.find(home());
  return found == processes_.end() || !found->second->device.home() ? nullptr : &*found->second->device.home();
}

void shared_world::wrong(const std::string& what) {
  if (broken_.empty()) broken_ = std::to_string((now_ - time_point{1'000s}) / 1us) + " us: " + what;
}

// -- the leader

void shared_world::lead() {
  for (const auto number : std::set<std::uint64_t>{joined_}) {
    const auto& one = *processes_.at(number);
    const incarnation life{number};
    if (!suspects(one)) {
      homes_.on_answers(life);
    } else if (one.alive) {
      homes_.on_silent(life);
    } else {
      homes_.on_down(life, true, now_);
      joined_.erase(number);
    }
  }
  homes_.tick(now_);
  at(now_ + leader_beat, [this] { lead(); });
}

bool shared_world::suspects(const process& one) const {
  if (!one.alive) return now_ >= one.changed_at + notice_of_a_dead_one;
  return (one.paused || one.cut_off) && now_ >= one.changed_at + silence_of_a_paused_one;
}

void shared_world::restart_leader() {
  const auto* told = homes_.find(device_name);
  const bool ordered = told != nullptr && told->ordered;
  const auto options = ordered ? told->options : share_options{};
  homes_ = device_homes{++term_ * homes_of_a_leader, true, options_.ttl + options_.grace};
  joined_.clear();
  order_again_ = ordered ? std::optional{options} : std::nullopt;
}

/// Each process says again and again that it lives, and hears who the home is.
void shared_world::beat(process& one) {
  at(now_ + options_.ttl / 8, [this, number = one.number] { into(number, [this](process& here) { beat(here); }); });
  if (one.cut_off || std::uniform_int_distribution<std::uint32_t>{0, 999}(random_) < lost_permille_) return;
  at(now_ + delay(), [this, number = one.number, sent = now_] { answer_beat(number, sent); });
}

void shared_world::join(std::uint64_t number) {
  if (joined_.insert(number).second) homes_.on_here("p" + std::to_string(number), {number}, false, {device_name}, now_);
}

void shared_world::answer_beat(std::uint64_t of, time_point sent) {
  const auto& one = *processes_.at(of);
  if (!one.alive || one.cut_off) return;
  join(of);
  if (order_again_) homes_.coordinate(device_name, *std::exchange(order_again_, std::nullopt));
  for (const auto& notice : homes_.notices_for({of}))
    send(of, [this, notice, sent](process& here) { here.device.on_notice(notice, sent, now_); });
}

}  // namespace dunlin::sim
