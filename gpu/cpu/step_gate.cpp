// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/step_gate.hpp"

#include <algorithm>
#include <utility>

#include "gpu/cpu/step_session.hpp"

namespace dunlin {

step_gate::step_gate(step_gate_options options)
    : options_(std::move(options)), turns_(options_.units, options_.terms), told_left_(units_left()) {}

// -- what the arbiter decides

void step_gate::set_terms(const turn_terms& terms) {
  const std::lock_guard lock{mutex_};
  turns_.set_terms(terms);
}

void step_gate::apply(const sharing_effects& decided) {
  struct performer {
    step_gate& gate;
    std::vector<place_pointer>& woken;
    void operator()(const share_granted& e) const { gate.put(e.contract); }
    void operator()(const share_changed& e) const { gate.change(e.contract); }
    void operator()(const share_parked& e) const { gate.park(e.holder); }
    void operator()(const share_revoked& e) const {
      if (auto ended = gate.end(e.holder)) woken.push_back(std::move(ended));
    }
    void operator()(const share_recalled&) const {}
    void operator()(const share_refused&) const {}
  };
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& effect : decided) std::visit(performer{*this, woken}, effect);
    begin_steps(woken);
  }
  tell_units_left();
  for (const auto& one : woken) one->changed.notify_one();
}

void step_gate::remove(agent_id holder) {
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    duration busy{0};
    if (auto ended = end(holder)) {
      ended->given_up = true;
      if (ended->whole && ended->begun) busy = wall_now() - ended->began_at;
      woken.push_back(std::move(ended));
    }
    turns_.end_step(holder, busy, false);
    note_at_work(holder, false);
    begin_steps(woken);
  }
  tell_units_left();
  for (const auto& one : woken) one->changed.notify_one();
}

void step_gate::tell_units_left() {
  if (!options_.on_units_left) return;
  std::unique_lock lock{mutex_};
  auto left = units_left();
  lock.unlock();
  if (left == told_left_) return;
  told_left_ = std::move(left);
  options_.on_units_left(told_left_);
}

/// A contract that names no units is for all of them.
std::vector<std::uint32_t> step_gate::units_left() const {
  std::vector<bool> taken(options_.units);
  for (const auto& [holder, one] : places_) {
    if (one->parked) continue;
    const auto& units = one->contract.granted.units;
    if (units.empty()) return {};
    for (const auto unit : units) taken[unit] = true;
  }
  std::vector<std::uint32_t> left;
  for (std::uint32_t unit = 0; unit < options_.units; ++unit)
    if (!taken[unit]) left.push_back(unit);
  return left;
}

void step_gate::put(const share_contract& contract) {
  auto& own = places_[contract.holder];
  if (!own || own->contract.id != contract.id) own = std::make_shared<place>();
  own->contract = contract;
  own->parked = false;
  turns_.put(contract);
}

void step_gate::park(agent_id holder) {
  places_.at(holder)->parked = true;
  turns_.park(holder);
}

void step_gate::change(const share_contract& contract) {
  put(contract);
  pauses_.on_changed(contract.holder, contract.granted.lane, wall_now());
}

step_gate::place_pointer step_gate::end(agent_id holder) {
  pauses_.forget(holder);
  auto node = places_.extract(holder);
  turns_.remove(holder);
  if (node.empty()) return nullptr;
  node.mapped()->ended = true;
  leave_items(holder);
  return node.mapped();
}

void step_gate::begin_steps(std::vector<place_pointer>& woken) {
  std::vector<agent_id> begun;
  turns_.take_begun(begun, turns_.permits() ? wall_now() : time_point{});
  for (const auto holder : begun) {
    const auto& own = places_.at(holder);
    own->begun = true;
    own->units = turns_.units_of(holder);
    if (own->whole)
      begin_elsewhere(holder, *own);
    else
      woken.push_back(own);
    if (!pauses_.empty()) note_pauses(holder);
  }
  if (turns_.permits()) note_spent();
}

void step_gate::note_pauses(agent_id begun) {
  pauses_.on_begun(
      begun, places_.at(begun)->contract.granted.lane, wall_now(),
      [this](agent_id holder) { return turns_.waits(holder); },
      [this](agent_id holder, duration pause) {
        places_.at(holder)->used.pause_ns = static_cast<std::uint64_t>(std::max(pause.count(), duration::rep{1}));
      });
}

}  // namespace dunlin
