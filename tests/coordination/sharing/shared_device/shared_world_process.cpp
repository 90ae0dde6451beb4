// SPDX-License-Identifier: Apache-2.0
// One process of the world: what it tells and hears, and its steps.
#include <algorithm>
#include <utility>

#include "tests/coordination/sharing/shared_device/shared_world.hpp"

namespace dunlin::sim {

// -- a process

/// What its steps have to say comes after what the home has said.
void shared_world::pump(process& one) {
  advance(one);
  begin_steps(one);
  advance(one);
  wake_in_time(one);
}

void shared_world::advance(process& one) {
  shared_effects out;
  one.device.advance(now_, out);
  if (const auto& home = one.device.home())
    if (const auto alarm = home->sharing().leases().conservation(now_); !alarm.empty()) wrong(alarm);
  perform(one, out);
}

void shared_world::wake_in_time(process& one) {
  const auto due = one.device.next_deadline();
  if (!due) return;
  const auto next = std::max(*due, now_ + 100us);
  if (one.wakes_at && *one.wakes_at > now_ && *one.wakes_at <= next) return;
  one.wakes_at = next;
  at(next, [this, number = one.number] { into(number, [](process&) {}); });
}

void shared_world::perform(process& one, shared_effects& out) {
  perform(one, out.here);
  for (auto& letter : out.letters) {
    const auto to = std::stoull(letter.node.substr(1));
    if (!processes_.contains(to)) continue;
    send(to, [this, from = incarnation{one.number}, message = std::move(letter.message)](process& here) {
      shared_effects heard;
      static_cast<void>(here.device.hear(from, message, now_, heard));
      perform(here, heard);
    });
  }
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
  one.device.sharer().set_at_work(agent, true);
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
  for (const auto& turn : spent) one.device.sharer().on_spent(turn);
}

void shared_world::check_units(const process& one, agent_id agent) {
  auto units = one.turns.units_of(agent);
  if (units.empty())
    for (std::uint32_t unit = 0; unit < options_.units; ++unit) units.push_back(unit);
  if (now_ >= one.device.sharer().valid_until()) wrong("a step began when nothing held any more");
  for (const auto unit : units) {
    for (const auto& other : on_unit_[unit])
      if (!processes_.at(other.process)->paused)  // its step stands still too
        wrong("unit " + std::to_string(unit) + " has steps of p" + std::to_string(other.process) + " and p" +
              std::to_string(one.number));
    on_unit_[unit].push_back({one.number, agent});
  }
}

/// A process that was silent for too long may still have memory that others were given: nobody can help that, short of
/// ending it. It knows that its leases are in doubt.
void shared_world::check_bytes() {
  std::uint64_t bytes = 0;
  for (const auto& [number, one] : processes_) {
    if (!one->alive || one->paused || now_ >= one->device.sharer().valid_until()) continue;
    for (const auto& [id, agent] : one->agents)
      if (agent.holds && !agent.seen.parked && !one->device.sharer().is_in_doubt(id))
        bytes += agent.seen.grant.memory_bytes;
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
    one.device.sharer().on_used(agent,
                                {static_cast<std::uint64_t>(its.job.step.count()), 0, 1, exactness::upper_bound});
  if (is_last) return end_job(one, agent);
  if (its.job.think == duration{0}) return;
  one.device.sharer().set_at_work(agent, false);
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
  one.device.sharer().give_back(agent);
}

}  // namespace dunlin::sim
