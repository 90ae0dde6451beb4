// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/step_gate.hpp"

#include <sched.h>

#include <algorithm>
#include <utility>

#include "gpu/cpu/executor.hpp"
#include "gpu/cpu/pinning.hpp"
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
    if (auto ended = end(holder)) {
      ended->given_up = true;
      woken.push_back(std::move(ended));
    }
    turns_.end_step(holder, duration{0}, false);
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
  turns_.take_begun(begun);
  for (const auto holder : begun) {
    const auto& own = places_.at(holder);
    own->begun = true;
    own->units = turns_.units_of(holder);
    woken.push_back(own);
    if (!pauses_.empty()) note_pauses(holder);
  }
}

void step_gate::note_pauses(agent_id begun) {
  pauses_.on_begun(
      begun, places_.at(begun)->contract.granted.lane, wall_now(),
      [this](agent_id holder) { return turns_.waits(holder); },
      [this](agent_id holder, duration pause) {
        places_.at(holder)->used.pause_ns = static_cast<std::uint64_t>(std::max(pause.count(), duration::rep{1}));
      });
}

// -- what the holders do

result<std::unique_ptr<share_session>> step_gate::enter(agent_id holder, lease_id lease,
                                                        std::function<bool()> stopped) {
  const auto alive = shared_from_this();  // a thread that waits may be given up together with its device
  const auto usual = options_.cores.empty() ? std::vector<std::uint32_t>{} : cores_of_this_thread();
  lock_type lock{mutex_};
  const auto found = places_.find(holder);
  if (found == places_.end())
    return fail(errc::not_holder, "agent " + std::to_string(holder.value) + " has no share of this device");
  const auto own = found->second;
  if (own->contract.id != lease)
    return fail(errc::fenced_off, "lease " + std::to_string(lease.value) + " is over, lease " +
                                      std::to_string(own->contract.id.value) + " is in force");
  if (auto here = turns_.arrive(holder, own->contract.token); !here) return fail(std::move(here.error()));
  if (!pauses_.empty()) pauses_.on_ready(holder, wall_now());
  own->thread.is_on(usual);
  if (auto begun = wait_for_turn(lock, holder, *own, stopped); !begun) {
    own->thread.go_to(usual);
    return fail(std::move(begun.error()));
  }
  auto entered = std::make_unique<session>(alive, own, std::move(stopped), usual);
  lock.unlock();
  entered->begin();
  return entered;
}

result<void> step_gate::wait_for_turn(lock_type& lock, agent_id holder, place& own,
                                      const std::function<bool()>& stopped) {
  std::vector<place_pointer> woken;
  begin_steps(woken);
  if (!own.begun) {
    place_threads(woken);
    wait(lock, own, stopped, woken);
  }
  auto begun = take_turn(holder, own);
  if (!begun) begin_steps(woken);
  wake_others(lock, own, woken);
  return begun;
}

/// First of all the others are woken. One more of the executor's threads may run while this one sleeps.
void step_gate::wait(lock_type& lock, place& own, const std::function<bool()>& stopped,
                     std::vector<place_pointer>& woken) {
  lock.unlock();
  for (const auto& one : woken) one->changed.notify_one();
  woken.clear();
  const executor::blocked waiting;
  lock.lock();
  own.thread.sleeps();
  while (!own.begun && !own.ended && !(stopped && stopped())) own.changed.wait(lock);
  own.thread.wakes();
  if (const auto since = std::exchange(own.woken_at, std::nullopt)) wakes_.on_woken(wall_now() - *since);
}

/// This thread is about to sleep, so that the first of them can have its core.
void step_gate::place_threads(const std::vector<place_pointer>& woken) {
  for (const auto& one : woken) {
    const auto cores = cores_of(one->units);
    if (cores.size() == 1)
      one->thread.tie_to(cores.front());
    else if (one == woken.front() && one->thread.is_asleep())
      wake_here(*one, cores);
  }
}

void step_gate::wake_here(place& next, const std::vector<std::uint32_t>& cores) {
  const auto here = static_cast<std::uint32_t>(std::max(sched_getcpu(), 0));
  if (!wakes_.ties_next())
    next.woken_at = wall_now();
  else if (std::ranges::find(cores, here) != cores.end())
    next.thread.tie_to(here);
}

/// None where threads are not tied to cores.
std::vector<std::uint32_t> step_gate::cores_of(const std::vector<std::uint32_t>& units) const {
  const auto& cores = options_.cores;
  if (cores.empty() || units.empty()) return cores;
  std::vector<std::uint32_t> out;
  out.reserve(units.size());
  for (const auto unit : units) out.push_back(cores[unit % cores.size()]);
  return out;
}

/// Whoever does not begin leaves what it had to others.
result<void> step_gate::take_turn(agent_id holder, place& own) {
  if (std::exchange(own.begun, false)) {
    if (!own.ended) return {};
    turns_.end_step(holder, duration{0}, false);
  }
  if (own.ended) return fail(errc::lease_expired, "the lease ended while its step waited");
  turns_.withdraw(holder);
  leave_items(holder);
  return fail(errc::cancelled, "stopped while its step waited for its turn");
}

void step_gate::wake_others(lock_type& lock, const place& own, std::vector<place_pointer>& woken) {
  std::erase_if(woken, [&own](const place_pointer& one) { return one.get() == &own; });
  if (woken.empty()) return;
  lock.unlock();
  for (const auto& one : woken) one->changed.notify_one();
  woken.clear();
  lock.lock();
}

/// The step of a lease that has ended runs until its thread leaves; there it is counted.
result<void> step_gate::check_alive(const session& of) {
  if (of.over_ || of.place_->ended) return fail(errc::lease_expired, "the lease has ended", "return soon");
  return {};
}

void step_gate::refresh(session& of) const {
  const auto& own = *of.place_;
  if (of.contract_.token != own.contract.token) of.contract_ = own.contract;
  of.cores_ = cores_of(own.units);
}

result<void> step_gate::next_step(session& of) {
  const auto busy = thread_busy_ns() - of.began_ns_;
  lock_type lock{mutex_};
  auto& own = *of.place_;
  const auto holder = own.contract.holder;
  if (auto alive = check_alive(of); !alive) return alive;
  of.count_step(busy);
  turns_.end_step(holder, counted(own.contract, busy, false), true);
  if (!pauses_.empty()) pauses_.on_ready(holder, wall_now());
  if (auto begun = wait_for_turn(lock, holder, own, of.stopped_); !begun) {
    of.over_ = true;
    return begun;
  }
  refresh(of);
  return {};
}

void step_gate::leave(session& of) noexcept {
  const auto busy = thread_busy_ns() - of.began_ns_;
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    auto& own = *of.place_;
    stop_measuring(own);
    if (of.over_) return;
    of.count_step(busy);
    if (own.given_up) return;
    const auto counts = counted(own.contract, busy, true);
    if (!own.ended) leave_items(own.contract.holder);
    turns_.end_step(own.contract.holder, counts, false);
    begin_steps(woken);
  }
  for (const auto& one : woken) one->changed.notify_one();
}

/// What is measured with may hold the memory itself.
void step_gate::stop_measuring(place& own) noexcept {
  if (own.peak_bytes) own.used.memory_peak_bytes = std::exchange(own.peak_bytes, nullptr)();
}

void step_gate::wake(agent_id holder) {
  const std::lock_guard lock{mutex_};
  if (const auto found = places_.find(holder); found != places_.end()) found->second->changed.notify_one();
}

share_use step_gate::take_use(agent_id holder) {
  const std::lock_guard lock{mutex_};
  const auto found = places_.find(holder);
  if (found == places_.end()) return {};
  auto used = std::exchange(found->second->used, {});
  if (found->second->peak_bytes) used.memory_peak_bytes = found->second->peak_bytes();
  return used;
}

}  // namespace dunlin
