// SPDX-License-Identifier: Apache-2.0
// Own threads that run steps. A worker that ends a step takes the next one without a sleep; a sleeping worker is woken
// only when nobody awake will take the step. A step that never returns is given up together with its thread.
//
// A holder's step, under a lease, begins at once: where its device keeps it to its contract is not here. Steps without
// a lease take the places that are left to them.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "coordination/ports.hpp"

namespace dunlin {

struct executor_options {
  std::uint32_t workers = 1;
  std::uint32_t stand_ins = 0;                     ///< threads beside `workers`, for holders and while steps wait;
                                                   ///< 0 = as many again
  std::size_t queue_capacity = 65'536;             ///< steps that may wait
  std::vector<std::uint32_t> cores;                ///< worker i is pinned to cores[i % size]; empty = not pinned
  std::chrono::nanoseconds spin{20'000};           ///< how long one idle worker looks for work before it sleeps
  std::chrono::milliseconds stop_patience{2'000};  ///< then steps that still run are given up
};

/// Counted since start.
struct executor_statistics {
  std::uint64_t steps = 0;          ///< ended, refused ones included
  std::uint64_t refused = 0;        ///< fenced or shut down while they waited
  std::uint64_t wake_ups = 0;       ///< sleeping workers that were woken
  std::uint64_t stuck = 0;          ///< given up
  std::uint64_t late_returns = 0;   ///< given up, and returned after all
  std::uint64_t busy_ns = 0;        ///< thread CPU time of the steps that ended
  std::uint64_t running_ns = 0;     ///< of those that run now, so far, without their helpers'
  std::uint32_t workers = 0;        ///< alive, without those given up, with those that stand in for blocked ones
  std::uint32_t unpinned = 0;       ///< workers that could not be pinned
  std::uint32_t without_lease = 0;  ///< steps that run without one now
};

/// Runs steps as `device_port` describes. Thread: any; not destroyed from one of its own threads.
class DUNLIN_EXPORT executor {
 public:
  explicit executor(executor_options options);

  /// Refuses what waits with `shutting_down`, waits for what runs, gives up what outlives the patience.
  ~executor();
  executor(const executor&) = delete;
  executor& operator=(const executor&) = delete;

  /// While one lives, the step on this thread waits for something that another step may have to do first, such as an
  /// answer: its executor lets another worker run in its place, up to `stand_ins` of them. On a
  /// thread that runs no step it does nothing.
  class DUNLIN_EXPORT blocked {
   public:
    blocked();
    ~blocked();
    blocked(const blocked&) = delete;
    blocked& operator=(const blocked&) = delete;

   private:
    bool counts_ = false;
  };

  /// The step on this thread has tied the thread to other cores. Returns whether its executor ties it back before it
  /// runs a step without a lease; if not, whoever tied it has to. So holders that come one after the other find the
  /// thread where they need it: to move one costs more than the rest of a hand-over.
  static bool leave_tied() noexcept;

  /// Errors: overloaded, fenced_off, shutting_down.
  result<void> submit(device_step step);
  void fence(std::uint64_t queue, fencing_token lowest);

  /// Steps without a lease run on these cores only, and `places` of them at once, at least 1. Those that run are moved,
  /// none is stopped. Empty `cores` leaves each worker on its own.
  void leave_to_others(std::vector<std::uint32_t> cores, std::uint32_t places);

  /// Gives up the thread that runs a step of `queue`, closes the queue, reports `stuck_handler` from the thread that
  /// replaces it. Returns false if none runs.
  bool abandon(std::uint64_t queue);
  [[nodiscard]] executor_statistics statistics() const;

 private:
  struct core;
  std::shared_ptr<core> core_;  // shared with threads that were given up
};

}  // namespace dunlin
