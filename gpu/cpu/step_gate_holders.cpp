// SPDX-License-Identifier: Apache-2.0
// What the holders do at the gate: enter, wait for their turns, hand them on, leave.
#include <sched.h>

#include <algorithm>
#include <utility>

#include "gpu/cpu/executor.hpp"
#include "gpu/cpu/pinning.hpp"
#include "gpu/cpu/step_gate.hpp"
#include "gpu/cpu/step_session.hpp"

namespace dunlin {

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
  note_at_work(holder, true);
  if (!pauses_.empty()) pauses_.on_ready(holder, wall_now());
  own->thread.is_on(usual);
  if (auto begun = wait_for_turn(lock, holder, *own, stopped); !begun) {
    own->thread.go_to(usual);
    return fail(std::move(begun.error()));
  }
  auto entered = std::make_unique<session>(alive, own, std::move(stopped), usual);
  lock.unlock();
  if (auto ready = entered->begin(); !ready) return fail(std::move(ready.error()));
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
  if (!begun) {
    note_at_work(holder, false);
    begin_steps(woken);
  }
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
  const auto came = wall_now();
  lock.lock();
  own.thread.sleeps();
  while (!own.begun && !own.ended && !(stopped && stopped())) own.changed.wait(lock);
  own.thread.wakes();
  own.waited += wall_now() - came;
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
  of.units_ = own.units;
  of.cores_ = cores_of(own.units);
}

result<void> step_gate::next_step(session& of) {
  const auto busy = of.end();
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

result<void> step_gate::rest(session& of) {
  const auto busy = of.end();
  lock_type lock{mutex_};
  if (auto alive = check_alive(of); !alive) return alive;
  const auto& own = *of.place_;
  of.count_step(busy);
  turns_.end_step(own.contract.holder, counted(own.contract, busy, false), false);
  note_at_work(own.contract.holder, false);
  std::vector<place_pointer> woken;
  begin_steps(woken);
  wake_others(lock, own, woken);
  return {};
}

result<void> step_gate::resume(session& of) {
  lock_type lock{mutex_};
  auto& own = *of.place_;
  const auto holder = own.contract.holder;
  auto next = check_alive(of);
  if (next) next = turns_.arrive(holder, own.contract.token);
  if (next) {
    note_at_work(holder, true);
    if (!pauses_.empty()) pauses_.on_ready(holder, wall_now());
    next = wait_for_turn(lock, holder, own, of.stopped_);
  }
  of.over_ = !next;
  if (next) refresh(of);
  return next;
}

/// What the device was told by steps that have ended is waited for too: a fault of theirs shows there.
void step_gate::leave(session& of) noexcept {
  const auto busy = of.end_for_good();
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
    note_at_work(own.contract.holder, false);
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
