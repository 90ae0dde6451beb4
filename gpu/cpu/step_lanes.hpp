// SPDX-License-Identifier: Apache-2.0
// Which step may run next. Steps of one queue run one after the other in the order of arrival; steps of queue 0 have no
// order; a step whose lease was overtaken never begins. Those of holders, under a lease, go before the others. Plain
// data: whoever uses it brings the lock.
//
// Invariants: at most one step of a queue is out between `pop` and `release`; at most `capacity` steps wait; a queue's
// highest token never falls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "coordination/ports.hpp"

namespace dunlin {

/// A bounded set of waiting steps with one lane for each queue.
class DUNLIN_EXPORT step_lanes {
 public:
  /// The token with which `fence` closes a queue for good, also for steps without a lease.
  static constexpr fencing_token closed = ~fencing_token{0};

  explicit step_lanes(std::size_t capacity, std::size_t remembered_queues = 65'536);

  /// Takes a step in. Errors: overloaded, fenced_off. A refused step is left as it was.
  result<void> push(device_step& step);

  /// Moves the next ready step to `out`: a holder's, or, with `any`, one without a lease. False if there is none. Call
  /// `release` when it has ended.
  bool pop(device_step& out, bool any = true);

  /// Lets the next step of this queue become ready.
  void release(std::uint64_t queue);

  /// Raises the lowest admitted token of a queue.
  void fence(std::uint64_t queue, fencing_token lowest);

  /// True if a step with this token may not begin any more.
  [[nodiscard]] bool is_fenced(std::uint64_t queue, fencing_token token) const;

  [[nodiscard]] std::size_t ready_of_holders() const noexcept { return held_.size(); }
  [[nodiscard]] std::size_t ready_of_others() const noexcept { return others_.size(); }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

 private:
  struct lane {
    std::deque<device_step> later;  // behind the one that is ready or runs
    fencing_token lowest = 0;
    std::uint64_t last_use = 0;
    bool busy = false;  // one step is ready or runs
  };

  lane& lane_of(std::uint64_t queue);
  void make_ready(device_step&& step);
  void forget_oldest_lanes();

  std::size_t capacity_;
  std::size_t remembered_;
  std::deque<device_step> held_;    ///< ready, under a lease
  std::deque<device_step> others_;  ///< ready, without one
  std::unordered_map<std::uint64_t, lane> lanes_;
  std::size_t waiting_ = 0;
  std::uint64_t uses_ = 0;
  fencing_token forgotten_ = 0;  // highest token of any lane that was forgotten
};

}  // namespace dunlin
