// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/executor.hpp"

#include <algorithm>
#include <stdexcept>

#include "gpu/cpu/executor_core.hpp"

namespace dunlin {

executor::executor(executor_options options) : core_(std::make_shared<core>(std::move(options))) {
  std::unique_lock lock{core_->mutex};
  for (std::uint32_t i = 0; i < std::max(core_->options.workers, 1U); ++i)
    if (!core_->start_worker(i)) break;
  if (core_->seats.empty()) throw std::runtime_error("the system refuses to start a thread");
}

executor::~executor() { core_->stop(); }

result<void> executor::submit(device_step step) {
  std::unique_lock lock{core_->mutex};
  if (core_->stopping) return fail(errc::shutting_down, "the device is shutting down");
  if (core_->seats.empty() && !core_->start_worker(0)) return fail(errc::overloaded, "the system refuses a thread");
  if (auto taken = core_->lanes.push(step); !taken) return taken;
  core_->ready_hint.store(true, std::memory_order_relaxed);
  const bool wake = core_->should_wake();
  lock.unlock();
  if (wake) core_->work_or_stop.notify_one();
  return {};
}

void executor::fence(std::uint64_t queue, fencing_token lowest) {
  std::lock_guard lock{core_->mutex};
  core_->lanes.fence(queue, lowest);
}

void executor::leave_to_others(std::vector<std::uint32_t> cores, std::uint32_t places) {
  std::unique_lock lock{core_->mutex};
  core_->places = std::max(places, 1U);
  if (core_->left_cores != cores) {
    core_->left_cores = std::move(cores);
    ++core_->moves;
    for (const auto& one : core_->seats)
      if (!one->holds && one->phase == core::seat::phase_type::running) core_->move_to_left_cores(*one);
  }
  const bool wake = core_->should_wake();
  lock.unlock();
  if (wake) core_->work_or_stop.notify_one();
}

bool executor::abandon(std::uint64_t queue) {
  std::unique_lock lock{core_->mutex};
  auto& seats = core_->seats;
  const auto found = std::find_if(seats.begin(), seats.end(), [&](const auto& one) {
    return queue != 0 && one->queue == queue && one->phase == core::seat::phase_type::running;
  });
  if (found == seats.end()) return false;
  auto done = core_->give_up(**found);
  if (!done) return false;  // it returned just now
  const auto index = (*found)->index;
  seats.erase(found);
  core_->stuck_steps.push_back(std::move(done));
  core_->start_worker(index);
  if (seats.empty()) return core_->report_stuck_here(lock);
  const bool wake = core_->should_wake();
  lock.unlock();
  if (wake) core_->work_or_stop.notify_one();
  return true;
}

bool executor::leave_tied() noexcept {
  auto* const me = core::seat::here;
  if (me != nullptr) me->strayed = true;
  return me != nullptr;
}

executor::blocked::blocked() {
  auto* const me = core::seat::here;
  if (me != nullptr) counts_ = me->home->block(*me);
}

executor::blocked::~blocked() {
  if (counts_) core::seat::here->home->unblock(*core::seat::here);
}

executor_statistics executor::statistics() const {
  std::lock_guard lock{core_->mutex};
  auto out = core_->counted;
  out.running_ns = core_->running_ns();
  out.without_lease = static_cast<std::uint32_t>(core_->busy);
  return out;
}

}  // namespace dunlin
