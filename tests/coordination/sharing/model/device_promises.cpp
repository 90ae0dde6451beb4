// SPDX-License-Identifier: Apache-2.0
// What every state of a device has to keep to.
#include <algorithm>

#include "tests/coordination/sharing/model/device_model.hpp"

namespace dunlin::model {

namespace {

bool overlap(const std::vector<bool>& one, const std::vector<bool>& other) {
  for (std::size_t unit = 0; unit < std::min(one.size(), other.size()); ++unit)
    if (one[unit] && other[unit]) return true;
  return false;
}

std::ptrdiff_t count(const std::vector<bool>& units) { return std::ranges::count(units, true); }

}  // namespace

void device_model::check_begun(std::size_t agent) {
  if (steps_[agent] != step_state::ready) accuse(name_of(agent) + " begins a step that it has not");
  if (!ledger_.holds(agent)) accuse(name_of(agent) + " begins a step without a share");
  if (ledger_.of(agent).parked) accuse(name_of(agent) + " begins a step while it is parked");
  const auto units = units_of_step(agent);
  if (ledger_.of(agent).grant.pooled ? count(units) != 1 || !overlap(units, units_granted(agent))
                                     : units != units_granted(agent))
    accuse(name_of(agent) + " begins a step on other units than its contract says");
  for (const auto& other : running_)
    if (overlap(other, units)) accuse("a unit runs two steps");
}

/// A step that is ready waits for its units or for its turn, and for nothing else: in a pool for any one of them.
void device_model::check_who_waits_for_a_turn() {
  for (std::size_t agent = 0; agent < agent_count; ++agent) {
    const auto& lease = ledger_.of(agent);
    if (steps_[agent] != step_state::ready || lease.token == 0 || lease.parked) continue;
    const auto granted = units_granted(agent);
    auto free = granted;
    for (const auto& other : running_)
      for (std::size_t unit = 0; unit < other.size(); ++unit)
        if (other[unit]) free[unit] = false;
    if (lease.grant.pooled ? count(free) > 0 : free == granted)
      accuse("a step of " + name_of(agent) + " is ready, its units are free, and it does not begin");
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
      accuse(name_of(agent) + (has ? " holds nothing, and" : " holds a share, and") + " is not told");
    if (!has && (knows.stands == standing::waiting) != ledger_.waits(agent))
      accuse(name_of(agent) + " and the coordinator differ about whether it waits");
    if (!has && knows.stands == standing::leaving) accuse(name_of(agent) + " gave up, and hears nothing any more");
    if (has && (knows.token != lease.token || knows.parked != lease.parked || knows.recalled != lease.recalled))
      accuse(name_of(agent) + " will not hear what became of its share");
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
  if (!rest.view(now, agent_count).contracts.empty()) accuse("time passes, and a lease or a request never ends");
}

/// Without any named, all.
std::vector<bool> device_model::as_bits(const std::vector<std::uint32_t>& units) const {
  std::vector<bool> out(capacity_.compute_units, units.empty());
  for (const auto unit : units) out.at(unit) = true;
  return out;
}

std::vector<bool> device_model::units_granted(std::size_t agent) const {
  return as_bits(ledger_.of(agent).grant.units);
}

std::vector<bool> device_model::units_of_step(std::size_t agent) const { return as_bits(turns_.units_of({agent + 1})); }

std::optional<duration> device_model::due_in() const {
  const auto next = shares_.next_deadline();
  return next ? std::optional{*next - now_} : std::nullopt;
}

bool device_model::is_away(std::size_t agent) const {
  return agents_[agent].stands == standing::away && steps_[agent] == step_state::none;
}

std::string device_model::unrest() const {
  for (std::size_t agent = 0; agent < agent_count; ++agent) {
    if (steps_[agent] == step_state::ready) return name_of(agent) + " has a step that never begins";
    if (agents_[agent].stands == standing::waiting) return name_of(agent) + " waits for ever";
    if (!is_away(agent)) return name_of(agent) + " does not come to an end";
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
