// SPDX-License-Identifier: Apache-2.0
// What the threads of an executor share. It outlives the executor while a thread that was given up still runs.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "gpu/cpu/executor.hpp"
#include "gpu/cpu/step_lanes.hpp"

namespace dunlin {

struct executor::core : std::enable_shared_from_this<executor::core> {
  /// One thread's place. Only one of the worker and whoever abandons it wins the change of `phase` away from `running`.
  struct seat {
    enum class phase_type : std::uint8_t { idle, running, finishing, given_up };
    std::atomic<phase_type> phase{phase_type::idle};
    std::uint64_t queue = 0;                // of the step that runs; guarded by the mutex
    std::function<void(step_report)> done;  // of the step that runs; owned by the winner
    std::thread thread;
    std::uint32_t index = 0;
    core* home = nullptr;
    std::uint64_t began_ns = 0;                       // of the thread's CPU time; guarded by the mutex
    bool blocked = false;                             // waits for other steps; guarded by the mutex
    bool holds = false;                               // runs a holder's step; guarded by the mutex
    bool strayed = false;                             // is tied to other cores than its own; only its thread's
    std::uint64_t moved_at = 0;                       // the `moves` that its cores are of; guarded by the mutex
    bool is_new = true;                               // was started for a step that waits; guarded by the mutex
    static inline thread_local seat* here = nullptr;  // while this thread runs a step
  };
  using seat_ptr = std::shared_ptr<seat>;

  /// What a worker does next: run the step, or tell its owner why not.
  struct job {
    device_step step;
    std::optional<error> refusal;
  };

  /// What a worker has just done.
  struct ended_step {
    std::uint64_t queue = 0;
    std::uint64_t busy_ns = 0;
    bool refused = false;
  };

  explicit core(executor_options o)
      : options(std::move(o)), lanes(options.queue_capacity), places(std::max(options.workers, 1U)) {}

  // a worker's life
  bool start_worker(std::uint32_t index);
  void work(seat& me);
  std::optional<job> next(seat& me, const std::optional<ended_step>& ended);
  std::optional<job> take_job(seat& me);
  std::optional<ended_step> perform(seat& me, job todo);
  bool wait_for_job(std::unique_lock<std::mutex>& lock);
  bool spin_for_job(std::unique_lock<std::mutex>& lock);

  // under the mutex
  [[nodiscard]] std::uint64_t running_ns() const;
  void account(seat& me, const ended_step& ended);
  bool should_wake();
  [[nodiscard]] std::size_t free_places() const noexcept {
    if (stopping) return lanes.ready_of_others();
    return places > busy ? places - busy : 0;
  }
  [[nodiscard]] std::size_t jobs() const noexcept {
    return stuck_steps.size() + lanes.ready_of_holders() + std::min(lanes.ready_of_others(), free_places());
  }
  [[nodiscard]] bool can_take() const noexcept { return jobs() > 0; }
  [[nodiscard]] std::size_t most_threads() const noexcept {
    const std::size_t workers = std::max(options.workers, 1U);
    return workers + (options.stand_ins == 0 ? workers : options.stand_ins);
  }
  std::size_t& count_of(const seat& one) noexcept { return one.blocked ? blocked : one.holds ? held : busy; }
  void move_to_left_cores(seat& one);
  std::function<void(step_report)> give_up(seat& stuck);

  // a step that waits for others
  bool block(seat& me);
  void unblock(seat& me);

  void stop();
  bool report_stuck_here(std::unique_lock<std::mutex>& lock);
  void give_up_all();
  void refuse_waiting();

  const executor_options options;
  mutable std::mutex mutex;
  std::condition_variable work_or_stop;
  std::condition_variable worker_left;
  step_lanes lanes;
  std::vector<seat_ptr> seats;                                // of living workers
  std::vector<std::function<void(step_report)>> stuck_steps;  // to be reported by the next free worker
  std::size_t places;                                         // for steps without a lease
  std::vector<std::uint32_t> left_cores;                      // on which those run; empty = each on its worker's own
  std::uint64_t moves = 0;                                    // how often those changed
  std::size_t busy = 0;                                       // workers with such a job, without the blocked ones
  std::size_t held = 0;                                       // workers with a holder's step, without the blocked ones
  std::size_t blocked = 0;                                    // workers whose step waits for others
  std::size_t starting = 0;                                   // threads that have not looked for a job yet
  std::size_t sleeping = 0;
  std::size_t waking = 0;
  std::size_t looking = 0;  // awake without a step
  bool stopping = false;
  std::atomic<bool> ready_hint{false};  // for workers that look before they sleep
  executor_statistics counted;
};

}  // namespace dunlin
