// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/core_team.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include "gpu/cpu/helper_time.hpp"
#include "gpu/cpu/pinning.hpp"

namespace dunlin {

namespace {

/// To wake a sleeping thread costs some 50 us, so who waits looks for a while first.
constexpr std::chrono::microseconds spin{30};

/// Waits until `value` is no longer `old`.
void await_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) noexcept {
  const auto until = std::chrono::steady_clock::now() + spin;
  while (value.load(std::memory_order_acquire) == old) {
    for (int i = 0; i < 64; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      __builtin_ia32_pause();
    }
    if (std::chrono::steady_clock::now() > until) return value.wait(old, std::memory_order_acquire);
  }
}

}  // namespace

core_team::core_team(const std::vector<std::uint32_t>& cores) : times_(cores.size()) {
  threads_.reserve(cores.size());
  for (std::uint32_t i = 1; i < cores.size(); ++i) {
    try {
      threads_.emplace_back([this, i] { serve(i); });
    } catch (const std::system_error&) {
      break;  // the machine has no more threads: with those that there are it goes on, more slowly
    }
    pin_thread(threads_.back(), {cores[i]});
  }
}

core_team::~core_team() {
  stops_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void core_team::run(const std::function<void(team_part)>& work) noexcept {
  work_ = &work;
  left_.store(size() - 1, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  work({0, size()});
  for (auto left = left_.load(std::memory_order_acquire); left != 0; left = left_.load(std::memory_order_acquire))
    await_change(left_, left);
  for (auto& one : times_) charge_helpers(std::exchange(one.busy_ns, 0));
}

void core_team::serve(std::uint32_t index) noexcept {
  for (std::uint32_t seen = 0;; ++seen) {
    await_change(round_, seen);
    if (stops_.load(std::memory_order_relaxed)) return;
    const auto began = thread_busy_ns();
    (*work_)({index, size()});
    times_[index].busy_ns = thread_busy_ns() - began;
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) left_.notify_one();
  }
}

}  // namespace dunlin
