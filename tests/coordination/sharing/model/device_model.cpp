// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/device_model.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::model {

namespace {

agent_id id_of(std::size_t agent) { return {agent + 1}; }
std::size_t index(agent_id agent) { return agent.value - 1; }
std::string name(std::size_t agent) { return "agent " + std::to_string(agent + 1); }

std::unique_ptr<share_rule> rule_of(std::size_t pattern) {
  return make_rule(patterns().at(pattern), small_device().capacity).value();
}

/// What the device knows when it has performed an effect, and whom it tells.
std::pair<std::size_t, message> message_of(const sharing_effect& effect, const ledger& known) {
  struct maker {
    const ledger& known;
    using pair = std::pair<std::size_t, message>;
    pair operator()(const share_granted& e) const {
      return {index(e.contract.holder), {word::granted, e.contract.token}};
    }
    pair operator()(const share_changed& e) const {
      return {index(e.contract.holder), {word::changed, e.contract.token}};
    }
    pair operator()(const share_parked& e) const { return {index(e.holder), {word::parked, e.token}}; }
    pair operator()(const share_recalled& e) const {
      return {index(e.holder), {word::recalled, known.of(index(e.holder)).token}};
    }
    pair operator()(const share_revoked& e) const { return {index(e.holder), {word::revoked, e.token}}; }
    pair operator()(const share_refused& e) const { return {index(e.holder), {word::refused, 0}}; }
  };
  return std::visit(maker{known}, effect);
}

std::string text_of(word what) {
  switch (what) {
    case word::granted:
      return "is granted a share";
    case word::changed:
      return "gets another contract";
    case word::parked:
      return "is parked";
    case word::recalled:
      return "is recalled";
    case word::revoked:
      return "loses its share";
    case word::refused:
      return "is refused";
  }
  return "is told nothing";
}

bool overlap(const std::vector<bool>& one, const std::vector<bool>& other) {
  for (std::size_t unit = 0; unit < std::min(one.size(), other.size()); ++unit)
    if (one[unit] && other[unit]) return true;
  return false;
}

}  // namespace

/// A word about a lease that the agent has no more means nothing to it.
void agent_side::hear(const message& what) {
  const bool expects_grant = stands == standing::waiting || stands == standing::leaving;
  if (what.what == word::granted && stands == standing::waiting) stands = standing::holding;
  if (what.what == word::granted || what.what == word::changed) {
    token = what.token;
    parked = false;
  }
  if (what.what == word::granted) recalled = false;
  if (what.what == word::parked && token == what.token) parked = true;
  if (what.what == word::recalled && token == what.token) recalled = true;
  if (what.what == word::revoked || (what.what == word::refused && expects_grant)) *this = {};
}

device_model::device_model(std::size_t pattern, sabotage broken)
    : broken_(broken),
      shares_(small_device(), rule_of(pattern)),
      turns_(small_device().capacity.compute_units, terms_of(patterns().at(pattern))) {
  ledger_.switched(pattern);
}

device_model::device_model(const device_model& other)
    : broken_(other.broken_),
      shares_(other.shares_.clone()),
      turns_(other.turns_),
      ledger_(other.ledger_),
      now_(other.now_),
      agents_(other.agents_),
      messages_(other.messages_),
      steps_(other.steps_),
      running_(other.running_) {}

// -- what can happen

bool device_model::can(const event& one) const {
  if (one.what == act::tick) return due_in().value_or(1ns) <= 0ns;
  if (one.what == act::switch_to) return ledger_.pattern() != one.who;
  const auto stands = agents_[one.who].stands;
  const auto step = steps_[one.who];
  const bool holding = stands == standing::holding;
  switch (one.what) {
    case act::ask:
      return stands == standing::away && step == step_state::none;
    case act::deliver:
      return !messages_[one.who].empty();
    case act::arrive:
      return holding && step == step_state::none && !agents_[one.who].recalled;
    case act::end_step:
    case act::next_step:
      return step == step_state::runs;
    case act::renew:
      return holding && !agents_[one.who].recalled && ledger_.of(one.who).deadline < now_ + small_device().terms.ttl;
    case act::release:
      return holding && step != step_state::runs;
    case act::give_up:
      return stands == standing::waiting;
    case act::withdraw:
      return step == step_state::ready;
    case act::die:
      return !is_away(one.who);
    case act::revoke:
    case act::recall:
      return ledger_.holds(one.who) && !(one.what == act::recall && ledger_.of(one.who).recalled);
    default:
      return false;
  }
}

void device_model::happen(const event& one, std::vector<std::string>* story) {
  switch (one.what) {
    case act::ask:
      ask(one.who);
      break;
    case act::deliver:
      if (story != nullptr) story->push_back("it says: " + text_of(messages_[one.who].front().what));
      deliver(one.who);
      break;
    case act::arrive:
      arrive(one.who);
      break;
    case act::end_step:
    case act::next_step:
      end_step(one.who, one.what == act::next_step);
      break;
    case act::renew:
      renew(one.who);
      break;
    case act::release:
      release(one.who);
      break;
    case act::tick:
      ledger_.served(now_);
      shares_.tick(now_, out_);
      break;
    case act::give_up:
      give_up(one.who);
      break;
    case act::withdraw:
      withdraw(one.who);
      break;
    case act::die:
      die(one.who);
      break;
    case act::revoke:
    case act::recall:
      take_away(one.who, one.what == act::recall ? small_device().terms.grace : duration{0});
      break;
    case act::switch_to:
      switch_to(one.who);
      break;
  }
  perform(one.what == act::switch_to, story);
  if (one.what == act::tick && can(one)) accuse("something is still due after the coordinator has done what was due");
  ledger_.check(shares_, now_);
  check_what_agents_know();
  check_who_waits_for_a_turn();
}

// -- what agents do

void device_model::ask(std::size_t agent) {
  agents_[agent] = {standing::waiting, 0, false, false};
  ledger_.asked(agent, now_);
  ledger_.served(now_);
  if (!shares_.request(wish_of(agent), now_, out_)) accuse(name(agent) + " may not ask");
}

void device_model::deliver(std::size_t agent) {
  auto& own = agents_[agent];
  const auto said = messages_[agent].front();
  messages_[agent].erase(messages_[agent].begin());
  if (said.what == word::granted && own.stands != standing::waiting && own.stands != standing::leaving)
    accuse(name(agent) + " is told of a grant that it did not ask for");
  own.hear(said);
  if (own.stands == standing::leaving && own.token != 0) release(agent);
}

/// Only the token of the contract in force opens the gate.
void device_model::arrive(std::size_t agent) {
  const auto here = turns_.arrive(id_of(agent), agents_[agent].token);
  if (here && agents_[agent].token != ledger_.of(agent).token) accuse("a step of an older token is let in");
  if (!here && agents_[agent].token == ledger_.of(agent).token) accuse("a step of the newest token is refused");
  if (here) steps_[agent] = step_state::ready;
}

void device_model::end_step(std::size_t agent, bool more) {
  turns_.end_step(id_of(agent), step_of(agent), more);
  running_[agent].clear();
  steps_[agent] = more && ledger_.holds(agent) ? step_state::ready : step_state::none;
}

void device_model::renew(std::size_t agent) {
  const auto& lease = ledger_.of(agent);
  const auto token = agents_[agent].token;
  const auto renewed = shares_.renew(id_of(agent), token, now_);
  const bool may = lease.token == token && !lease.recalled && now_ < lease.deadline;
  if (renewed.has_value() != may) accuse(may ? "a renewal is refused" : "a renewal is taken that comes too late");
  if (renewed) ledger_.renewed(agent, *renewed);
}

/// An agent whose contract was changed meanwhile hears of it, and releases then.
void device_model::release(std::size_t agent) {
  const auto token = agents_[agent].token;
  const bool may = ledger_.of(agent).token == token;
  if (may) {
    ledger_.released(agent);
    ledger_.served(now_);
  }
  if (shares_.release(id_of(agent), token, now_, out_).has_value() != may)
    accuse(may ? "a release is refused" : "an old token releases a share");
  if (!may) return;
  turns_.remove(id_of(agent));
  turns_.end_step(id_of(agent), duration{0}, false);
  steps_[agent] = step_state::none;
  agents_[agent] = {};
}

/// Whoever was granted the share meanwhile returns it when it hears of it.
void device_model::give_up(std::size_t agent) {
  const bool may = ledger_.waits(agent);
  if (may) {
    ledger_.gave_up(agent);
    ledger_.served(now_);
  }
  if (shares_.release(id_of(agent), 0, now_, out_).has_value() != may)
    accuse(may ? "who waits may not give up" : "who does not wait gives up");
  agents_[agent] = {may ? standing::away : standing::leaving, 0, false, false};
}

void device_model::withdraw(std::size_t agent) {
  turns_.withdraw(id_of(agent));
  steps_[agent] = step_state::none;
}

void device_model::die(std::size_t agent) {
  turns_.remove(id_of(agent));
  turns_.end_step(id_of(agent), duration{0}, false);
  running_[agent].clear();
  steps_[agent] = step_state::none;
  if (ledger_.waits(agent)) ledger_.gave_up(agent);
  ledger_.served(now_);
  shares_.holder_lost(id_of(agent), now_, out_);
  agents_[agent] = {};
  messages_[agent].clear();
}

// -- what operators do

void device_model::take_away(std::size_t agent, duration grace) {
  ledger_.served(now_);
  if (!shares_.revoke(id_of(agent), grace, "an operator says so", now_, out_)) accuse("a share cannot be revoked");
}

void device_model::switch_to(std::size_t pattern) {
  turns_.set_terms(terms_of(patterns()[pattern]));
  ledger_.switched(pattern);
  ledger_.served(now_);
  shares_.switch_to(rule_of(pattern), now_, out_);
}

// -- what the device does

/// First everything comes into force, then steps begin, then everybody is told.
void device_model::perform(bool switching, std::vector<std::string>* story) {
  for (const auto& effect : out_) {
    if (story != nullptr) {
      const auto [agent, said] = message_of(effect, ledger_);
      story->push_back(name(agent) + " " + text_of(said.what));
    }
    ledger_.see(effect, now_, switching);
    // A rule is exchanged first; what comes after the first contract is as always.
    if (std::holds_alternative<share_granted>(effect) || std::holds_alternative<share_changed>(effect))
      switching = false;
    put_into_force(effect);
    tell(effect);
  }
  out_.clear();
  begin_steps(story);
}

void device_model::put_into_force(const sharing_effect& effect) {
  if (const auto* granted = std::get_if<share_granted>(&effect)) turns_.put(granted->contract);
  if (const auto* changed = std::get_if<share_changed>(&effect)) turns_.put(changed->contract);
  if (const auto* parked = std::get_if<share_parked>(&effect))
    if (broken_ != sabotage::parking_is_not_told) turns_.park(parked->holder);
  const auto* revoked = std::get_if<share_revoked>(&effect);
  if (revoked == nullptr || broken_ == sabotage::revoked_steps_go_on) return;
  turns_.remove(revoked->holder);
  auto& step = steps_[index(revoked->holder)];
  if (step == step_state::ready) step = step_state::none;
}

void device_model::tell(const sharing_effect& effect) {
  const auto [agent, said] = message_of(effect, ledger_);
  if (agents_[agent].stands != standing::away) messages_[agent].push_back(said);
}

void device_model::begin_steps(std::vector<std::string>* story) {
  std::vector<agent_id> begun;
  turns_.take_begun(begun);
  for (const auto holder : begun) {
    const auto agent = index(holder);
    if (story != nullptr) story->push_back("a step of " + name(agent) + " begins");
    check_begun(agent);
    steps_[agent] = step_state::runs;
    running_[agent] = units_of(agent);
  }
  begun.clear();
  step_turns{turns_}.take_begun(begun);
  if (!begun.empty()) accuse("a step could have begun before");
}

std::vector<bool> device_model::units_of(std::size_t agent) const {
  const auto& granted = ledger_.of(agent).grant;
  std::vector<bool> out(small_device().capacity.compute_units, granted.units.empty());
  for (const auto unit : granted.units) out.at(unit) = true;
  return out;
}

// -- promises

void device_model::check_begun(std::size_t agent) {
  if (steps_[agent] != step_state::ready) accuse(name(agent) + " begins a step that it has not");
  if (!ledger_.holds(agent)) accuse(name(agent) + " begins a step without a share");
  if (ledger_.of(agent).parked) accuse(name(agent) + " begins a step while it is parked");
  for (const auto& other : running_)
    if (overlap(other, units_of(agent))) accuse("a unit runs two steps");
}

/// A step that is ready waits for its units or for its turn, and for nothing else.
void device_model::check_who_waits_for_a_turn() {
  for (std::size_t agent = 0; agent < agent_count; ++agent) {
    const auto& lease = ledger_.of(agent);
    if (steps_[agent] != step_state::ready || lease.token == 0 || lease.parked) continue;
    bool free = true;
    for (std::size_t other = 0; other < agent_count; ++other) {
      if (steps_[other] == step_state::runs && overlap(running_[other], units_of(agent))) free = false;
    }
    if (free) accuse("a step of " + name(agent) + " is ready, its units are free, and it does not begin");
  }
}

/// Once all that is under way has arrived, every agent knows where it stands.
void device_model::check_what_agents_know() {
  for (std::size_t agent = 0; agent < agent_count; ++agent) {
    auto knows = agents_[agent];
    for (const auto& said : messages_[agent]) knows.hear(said);
    const auto& lease = ledger_.of(agent);
    const bool has = knows.token != 0;
    if (has != ledger_.holds(agent))
      accuse(name(agent) + (has ? " holds nothing, and" : " holds a share, and") + " is not told");
    if (!has && (knows.stands == standing::waiting) != ledger_.waits(agent))
      accuse(name(agent) + " and the coordinator differ about whether it waits");
    if (!has && knows.stands == standing::leaving) accuse(name(agent) + " gave up, and hears nothing any more");
    if (has && (knows.token != lease.token || knows.parked != lease.parked || knows.recalled != lease.recalled))
      accuse(name(agent) + " will not hear what became of its share");
  }
}

void device_model::check_that_time_ends_all() {
  auto rest = shares_.clone();
  sharing_effects said;
  auto now = now_;
  for (int turn = 0; rest.next_deadline(); ++turn) {
    if (turn == 50) return accuse("deadlines go on for ever, though nobody does anything");
    now = std::max(now, *rest.next_deadline());
    rest.tick(now, said);
  }
  if (!rest.leases(now).empty()) accuse("time passes, and a lease or a request never ends");
}

std::optional<duration> device_model::due_in() const {
  const auto next = shares_.next_deadline();
  return next ? std::optional{*next - now_} : std::nullopt;
}

bool device_model::is_away(std::size_t agent) const {
  return agents_[agent].stands == standing::away && steps_[agent] == step_state::none;
}

std::string device_model::unrest() const {
  for (std::size_t agent = 0; agent < agent_count; ++agent) {
    if (steps_[agent] == step_state::ready) return name(agent) + " has a step that never begins";
    if (agents_[agent].stands == standing::waiting) return name(agent) + " waits for ever";
    if (!is_away(agent)) return name(agent) + " does not come to an end";
  }
  return {};
}

std::vector<std::uint64_t> device_model::state() const {
  fingerprint out{now_};
  shares_.add_to(out);
  turns_.add_to(out);
  for (std::size_t agent = 0; agent < agent_count; ++agent) {
    const auto& own = agents_[agent];
    out.add(static_cast<int>(own.stands));
    out.add_token(own.token);
    out.add(own.parked);
    out.add(own.recalled);
    out.add(static_cast<int>(steps_[agent]));
    std::uint64_t units = 0;
    for (const bool one : running_[agent]) units = units * 2 + (one ? 1 : 0);
    out.add(units);
    out.add(messages_[agent].size());
    for (const auto& said : messages_[agent]) {
      out.add(static_cast<int>(said.what));
      out.add_token(said.token);
    }
  }
  return out.take();
}

}  // namespace dunlin::model
