// SPDX-License-Identifier: Apache-2.0
// The life of a worker, and how its thread is given up.
#include "gpu/cpu/executor_core.hpp"

#include <algorithm>
#include <ctime>
#include <system_error>

#include "gpu/cpu/pinning.hpp"
#include "gpu/cpu/run_step.hpp"

namespace dunlin {

namespace {

std::uint64_t cpu_time_ns(clockid_t of) noexcept {
  timespec t{};
  if (::clock_gettime(of, &t) != 0) return 0;
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_nsec);
}

// The executor on whose thread a completion runs now: that thread will look for work right after it.
thread_local const void* reporting = nullptr;

void report_to(const std::function<void(step_report)>& done, step_report what, const void* self) noexcept {
  reporting = self;
  if (done) done(std::move(what));  // one that throws breaks its contract and ends the process
  reporting = nullptr;
}

step_report refused_with(error why) {
  step_report report;
  report.outcome = fail(std::move(why));
  return report;
}

error stuck_error() { return error{errc::stuck_handler, "the step did not return; its thread was given up"}; }

}  // namespace

bool executor::core::start_worker(std::uint32_t index) {
  auto me = std::make_shared<seat>();
  me->index = index;
  me->home = this;
  try {
    me->thread = std::thread([self = shared_from_this(), me] { self->work(*me); });
  } catch (const std::system_error&) {
    return false;
  }
  const auto& cores = options.cores;
  if (!cores.empty() && !pin_thread(me->thread, {cores[index % cores.size()]})) ++counted.unpinned;
  seats.push_back(std::move(me));
  ++counted.workers;
  ++starting;
  return true;
}

void executor::core::work(seat& me) {
  std::optional<ended_step> ended;
  while (auto todo = next(me, ended)) {
    ended = perform(me, std::move(*todo));
    if (!ended) return;  // given up: the place is taken by another thread
  }
}

// One lock for both: what has ended makes room for what comes next.
std::optional<executor::core::job> executor::core::next(seat& me, const std::optional<ended_step>& ended) {
  std::unique_lock lock{mutex};
  if (std::exchange(me.is_new, false)) --starting;
  if (ended) account(me, *ended);
  if (!can_take() && !wait_for_job(lock)) {
    --counted.workers;
    worker_left.notify_all();
    return std::nullopt;
  }
  auto todo = take_job(me);
  const bool wake = should_wake();
  lock.unlock();
  if (wake) work_or_stop.notify_one();
  return todo;
}

void executor::core::account(seat& me, const ended_step& ended) {
  --count_of(me);
  me.holds = false;
  lanes.release(ended.queue);
  ++counted.steps;
  counted.refused += ended.refused ? 1 : 0;
  counted.busy_ns += ended.busy_ns;
}

// Returns false when there is nothing left to do and never will be.
bool executor::core::wait_for_job(std::unique_lock<std::mutex>& lock) {
  if (!stopping && looking == 0 && spin_for_job(lock)) return true;
  while (!can_take()) {
    if (stopping) return false;
    ++sleeping;
    work_or_stop.wait(lock);
    --sleeping;
    if (waking > 0) --waking;
  }
  return true;
}

// One worker at a time looks before it sleeps: while it does, a new step needs no wake-up, which costs more than the
// step.
bool executor::core::spin_for_job(std::unique_lock<std::mutex>& lock) {
  if (options.spin.count() <= 0) return false;
  ready_hint.store(false, std::memory_order_relaxed);
  ++looking;
  lock.unlock();
  const auto end = std::chrono::steady_clock::now() + options.spin;
  while (!ready_hint.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  lock.lock();
  --looking;
  return can_take();
}

std::optional<executor::core::job> executor::core::take_job(seat& me) {
  job todo;
  if (!stuck_steps.empty()) {
    ++busy;
    todo.step.done = std::move(stuck_steps.back());
    stuck_steps.pop_back();
    todo.refusal = stuck_error();
    return todo;
  }
  lanes.pop(todo.step, free_places() > 0);
  me.holds = todo.step.token != 0;
  ++count_of(me);
  if (!me.holds && (std::exchange(me.strayed, false) || me.moved_at != moves)) move_to_left_cores(me);
  if (stopping)
    todo.refusal = error{errc::shutting_down, "the device is shutting down"};
  else if (lanes.is_fenced(todo.step.queue, todo.step.token))
    todo.refusal = error{errc::fenced_off, "the lease was overtaken while the step waited"};
  if (todo.refusal) return todo;
  me.queue = todo.step.queue;
  me.began_ns = cpu_time_ns(CLOCK_THREAD_CPUTIME_ID);
  me.done = std::move(todo.step.done);
  me.phase.store(seat::phase_type::running, std::memory_order_release);
  return todo;
}

std::uint64_t executor::core::running_ns() const {
  std::uint64_t sum = 0;
  for (const auto& one : seats) {
    clockid_t clock{};
    if (one->phase != seat::phase_type::running) continue;
    if (::pthread_getcpuclockid(one->thread.native_handle(), &clock) != 0) continue;
    const auto so_far = cpu_time_ns(clock);
    sum += so_far - std::min(so_far, one->began_ns);
  }
  return sum;
}

std::optional<executor::core::ended_step> executor::core::perform(seat& me, job todo) {
  ended_step ended{.queue = todo.step.queue};
  if (todo.refusal) {
    ended.refused = true;
    report_to(todo.step.done, refused_with(std::move(*todo.refusal)), this);
    return ended;
  }
  seat::here = &me;
  auto report = run_step(todo.step.run);
  seat::here = nullptr;
  auto expected = seat::phase_type::running;
  if (!me.phase.compare_exchange_strong(expected, seat::phase_type::finishing)) {
    std::lock_guard lock{mutex};
    ++counted.late_returns;
    return std::nullopt;
  }
  ended.busy_ns = report.busy_ns;
  todo.step.run = nullptr;  // what the step held is free before its owner hears of the end
  report_to(std::exchange(me.done, nullptr), std::move(report), this);
  return ended;
}

// A worker that looks for work, or runs a completion, is awake and takes one step at once; waking another for that one
// would only make two threads meet at the lock.
bool executor::core::should_wake() {
  const std::size_t served = looking + starting + waking + (reporting == this ? 1 : 0);
  if (jobs() <= served) return false;
  if (sleeping <= waking) {
    if (seats.size() < most_threads()) start_worker(static_cast<std::uint32_t>(seats.size()));
    return false;
  }
  ++waking;
  ++counted.wake_ups;
  return true;
}

std::function<void(step_report)> executor::core::give_up(seat& stuck) {
  auto expected = seat::phase_type::running;
  if (!stuck.phase.compare_exchange_strong(expected, seat::phase_type::given_up)) return nullptr;
  stuck.thread.detach();
  --count_of(stuck);
  stuck.blocked = stuck.holds = false;
  lanes.fence(stuck.queue, step_lanes::closed);
  lanes.release(stuck.queue);
  ++counted.stuck;
  --counted.workers;
  return std::exchange(stuck.done, nullptr);
}

// A step of another agent that is on this very core now moves at once.
void executor::core::move_to_left_cores(seat& one) {
  one.moved_at = moves;
  if (!left_cores.empty())
    pin_thread(one.thread, left_cores);
  else if (!options.cores.empty())
    pin_thread(one.thread, {options.cores[one.index % options.cores.size()]});
}

// Whoever stands in sleeps when the step goes on and comes to its end, and is there for the next one that waits.
bool executor::core::block(seat& me) {
  std::unique_lock lock{mutex};
  if (stopping || me.blocked || me.phase != seat::phase_type::running) return false;
  --count_of(me);
  me.blocked = true;
  ++blocked;
  const bool wake = should_wake();
  lock.unlock();
  if (wake) work_or_stop.notify_one();
  return true;
}

// For a while more steps may run than there are places: none of them can be put to sleep.
void executor::core::unblock(seat& me) {
  std::lock_guard lock{mutex};
  if (!std::exchange(me.blocked, false)) return;  // given up meanwhile
  --blocked;
  ++count_of(me);
}

// For the case that the system refuses the replacement and no other worker is left.
bool executor::core::report_stuck_here(std::unique_lock<std::mutex>& lock) {
  const auto reports = std::exchange(stuck_steps, {});
  lock.unlock();
  for (const auto& done : reports) report_to(done, refused_with(stuck_error()), nullptr);
  return true;
}

void executor::core::stop() {
  std::unique_lock lock{mutex};
  stopping = true;
  work_or_stop.notify_all();
  const auto all_left = [this] { return counted.workers == 0; };
  if (!worker_left.wait_for(lock, options.stop_patience, all_left)) {
    lock.unlock();
    give_up_all();
    lock.lock();
    worker_left.wait_for(lock, options.stop_patience, all_left);
  }
  const bool left = all_left();
  lock.unlock();
  refuse_waiting();
  for (auto& one : seats) left ? one->thread.join() : one->thread.detach();
}

void executor::core::give_up_all() {
  std::vector<std::function<void(step_report)>> reports;
  {
    std::lock_guard lock{mutex};
    std::erase_if(seats, [&](const seat_ptr& one) {
      auto done = give_up(*one);
      if (done) reports.push_back(std::move(done));
      return one->phase == seat::phase_type::given_up;
    });
  }
  for (const auto& done : reports) report_to(done, refused_with(stuck_error()), nullptr);
}

// What no worker was left to refuse.
void executor::core::refuse_waiting() {
  std::unique_lock lock{mutex};
  device_step step;
  while (lanes.pop(step)) {
    lock.unlock();
    report_to(step.done, refused_with(error{errc::shutting_down, "the device is shutting down"}), nullptr);
    lock.lock();
    lanes.release(step.queue);
  }
}

}  // namespace dunlin
