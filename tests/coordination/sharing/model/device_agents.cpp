// SPDX-License-Identifier: Apache-2.0
// What agents do to the modelled device.
#include "tests/coordination/sharing/model/device_model.hpp"

namespace dunlin::model {

namespace {

agent_id id_of(std::size_t agent) { return {agent + 1}; }

}  // namespace

void device_model::ask(std::size_t agent) {
  agents_[agent] = {standing::waiting, 0, false, false};
  ledger_.asked(agent, now_);
  ledger_.served(now_);
  if (!shares_.request(wish_of(agent), now_, out_)) accuse(name_of(agent) + " may not ask");
}

void device_model::deliver(std::size_t agent) {
  auto& own = agents_[agent];
  const auto said = messages_[agent].front();
  messages_[agent].erase(messages_[agent].begin());
  if (said.what == word::granted && own.stands != standing::waiting && own.stands != standing::leaving)
    accuse(name_of(agent) + " is told of a grant that it did not ask for");
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

}  // namespace dunlin::model
