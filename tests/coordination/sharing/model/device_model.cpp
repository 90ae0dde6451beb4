// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/device_model.hpp"

#include <utility>

namespace dunlin::model {

namespace {

agent_id id_of(std::size_t agent) { return {agent + 1}; }
std::size_t index(agent_id agent) { return agent.value - 1; }

std::unique_ptr<share_rule> rule_of(std::size_t pattern, const device_capacity& capacity) {
  return make_rule(patterns().at(pattern), capacity).value();
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

}  // namespace

device_model::device_model(const setting& device, sabotage broken)
    : capacity_(capacity_of(device)),
      broken_(broken),
      shares_(config_of(device), rule_of(device.pattern, capacity_)),
      turns_(capacity_.compute_units, terms_of(patterns().at(device.pattern))),
      ledger_(device) {}

device_model::device_model(const device_model& other)
    : capacity_(other.capacity_),
      broken_(other.broken_),
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
  if (one.what == act::settle) return patterns()[ledger_.pattern()].pattern == sharing_pattern::collaborative;
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
      return holding && !agents_[one.who].recalled && ledger_.of(one.who).deadline < now_ + short_terms().ttl;
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
  if (story != nullptr && one.what == act::deliver)
    story->push_back("it says: " + to_string(messages_[one.who].front().what));
  begin(one);
  perform(one.what == act::switch_to, story);
  if (one.what == act::tick && can(one)) accuse("something is still due after the coordinator has done what was due");
  ledger_.check(shares_, now_);
  check_what_agents_know();
  check_who_waits_for_a_turn();
}

void device_model::begin(const event& one) {
  switch (one.what) {
    case act::ask:
      return ask(one.who);
    case act::deliver:
      return deliver(one.who);
    case act::arrive:
      return arrive(one.who);
    case act::end_step:
    case act::next_step:
      return end_step(one.who, one.what == act::next_step);
    case act::renew:
      return renew(one.who);
    case act::release:
      return release(one.who);
    case act::tick:
      ledger_.served(now_);
      return shares_.tick(now_, out_);
    case act::give_up:
      return give_up(one.who);
    case act::withdraw:
      return withdraw(one.who);
    case act::die:
      return die(one.who);
    case act::revoke:
    case act::recall:
      return take_away(one.who, one.what == act::recall ? short_terms().grace : duration{0});
    case act::switch_to:
      return switch_to(one.who);
    case act::settle:
      return settle(one.who);
  }
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
  shares_.switch_to(rule_of(pattern, capacity_), now_, out_);
}

void device_model::settle(std::size_t settlement) {
  ledger_.settled(settlements()[settlement]);
  ledger_.served(now_);
  if (!shares_.settle(settlements()[settlement], now_, out_)) accuse("a settlement is refused");
}

// -- what the device does

/// First everything comes into force, then steps begin, then everybody is told.
void device_model::perform(bool switching, std::vector<std::string>* story) {
  for (const auto& effect : out_) {
    if (story != nullptr) {
      const auto [agent, said] = message_of(effect, ledger_);
      story->push_back(name_of(agent) + " " + to_string(said.what));
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
  if (auto& step = steps_[index(revoked->holder)]; step == step_state::ready) step = step_state::none;
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
    if (story != nullptr) story->push_back("a step of " + name_of(agent) + " begins");
    check_begun(agent);
    steps_[agent] = step_state::runs;
    running_[agent] = units_of_step(agent);
  }
  begun.clear();
  step_turns{turns_}.take_begun(begun);
  if (!begun.empty()) accuse("a step could have begun before");
}

}  // namespace dunlin::model
