// SPDX-License-Identifier: Apache-2.0
// Measures one run of steps on a device's threads, from its constructor to the end of its last part.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "cli/bench/coordination/busy_loop.hpp"
#include "cli/bench/coordination/process_meter.hpp"
#include "cli/bench/coordination/step_runs.hpp"

namespace dunlin::bench {

/// Thread: any.
class run_watch {
 public:
  explicit run_watch(std::uint64_t parts)
      : parts_(parts), before_(process_meter::read()), from_(std::chrono::steady_clock::now()) {}

  /// Runs one step of this agent.
  void step(std::uint64_t agent, std::uint64_t iterations) {
    if (last_.exchange(agent, std::memory_order_relaxed) != agent) handovers_.fetch_add(1, std::memory_order_relaxed);
    const auto from = thread_cpu_ns();
    burn(iterations);
    in_steps_.fetch_add(thread_cpu_ns() - from, std::memory_order_relaxed);
  }

  /// Whoever has failed ends its part too.
  void end_part(const result<void>& outcome = {}) {
    const std::lock_guard lock{mutex_};
    if (!outcome && !failure_) failure_ = outcome.error();
    if (--parts_ > 0) return;
    to_ = std::chrono::steady_clock::now();
    ended_.notify_one();
  }

  result<run_cost> wait() {
    std::unique_lock lock{mutex_};
    ended_.wait(lock, [this] { return parts_ == 0; });
    if (failure_) return fail(std::move(*failure_));
    const auto after = process_meter::read();
    run_cost out;
    out.wall_ns = std::chrono::duration<double, std::nano>(to_ - from_).count();
    out.beside_ns = static_cast<double>(after.cpu_ns - before_.cpu_ns - in_steps_.load());
    out.sleeps = static_cast<double>(after.sleeps - before_.sleeps);
    out.handovers = static_cast<double>(handovers_.load());
    return out;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::uint64_t parts_;
  std::optional<error> failure_;
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::uint64_t> handovers_{0};
  std::atomic<std::int64_t> in_steps_{0};
  process_meter before_;
  std::chrono::steady_clock::time_point from_;
  std::chrono::steady_clock::time_point to_;
};

}  // namespace dunlin::bench
