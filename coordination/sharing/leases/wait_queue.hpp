// SPDX-License-Identifier: Apache-2.0
// Private to the sharing patterns.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "coordination/sharing/arbiter.hpp"

namespace dunlin {

/// A request that waits.
struct waiting_request {
  share_request request;
  time_point since{};
  time_point gives_up = time_point::max();  ///< max = never
  std::uint8_t priority = 5;                ///< in force: 1-10
};

/// Requests by `since - priority × aging_step`, then by arrival; each holder at most once. O(log n) per call.
class wait_queue {
 public:
  explicit wait_queue(duration aging_step) noexcept : aging_step_(aging_step) {}

  void push(const waiting_request& wanted);
  [[nodiscard]] bool empty() const noexcept { return in_order_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return in_order_.size(); }

  /// Returns the first in the order of service; the queue must not be empty.
  [[nodiscard]] const waiting_request& front() const noexcept { return in_order_.begin()->second; }

  /// Takes the request of this holder out.
  std::optional<waiting_request> erase(agent_id holder);

  /// Takes out one request whose patience is over at `now`.
  std::optional<waiting_request> pop_impatient(time_point now);

  /// Returns none if the holder does not wait; valid until the next call that changes something.
  [[nodiscard]] const waiting_request* find(agent_id holder) const;

  /// Gives the holder, if it waits, the place that it would have if it had asked with this priority.
  void set_priority(agent_id holder, std::uint8_t priority);

  /// Returns when the next patience ends.
  [[nodiscard]] std::optional<time_point> next_end() const;
  [[nodiscard]] bool contains(agent_id holder) const { return by_holder_.contains(holder); }

  /// Returns whether one of two that wait is served before the other.
  [[nodiscard]] bool is_before(agent_id one, agent_id other) const { return by_holder_.at(one) < by_holder_.at(other); }

  /// Returns the highest priority among those who wait, not aged; 0 if nobody waits.
  [[nodiscard]] std::uint8_t highest_priority() const noexcept;

  /// Calls `found(const waiting_request&)` in the order of service until it returns true.
  template <class Found>
  bool any_of(Found&& found) const {
    for (const auto& [key, wanted] : in_order_)
      if (found(wanted)) return true;
    return false;
  }

  /// Calls `visit(const waiting_request&)` in the order of service.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [key, wanted] : in_order_) visit(wanted);
  }

 private:
  using order_key = std::pair<time_point, std::uint64_t>;

  duration aging_step_;
  std::uint64_t arrivals_ = 0;
  std::map<order_key, waiting_request> in_order_;
  std::set<std::pair<time_point, agent_id>> by_end_;
  std::unordered_map<agent_id, order_key> by_holder_;
  std::vector<std::size_t> of_priority_ = std::vector<std::size_t>(11);
};

}  // namespace dunlin
