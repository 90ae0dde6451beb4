// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "cli/bench/coordination/shared_device.hpp"

namespace dunlin::bench {

/// Agents that run steps, each under one lease. Thread: the owner's; the steps run on the device's.
class working_crew {
 public:
  using step = std::function<result<void>(agent_id)>;

  /// Agents 1 to `agents`. All that is referred to outlives it, until `end` or `wait` returned.
  working_crew(shared_device& device, std::uint32_t agents, step work)
      : working_crew(device, std::vector<share_wish>(agents, least_wish()), std::move(work)) {}
  /// Likewise, each with a wish of its own.
  working_crew(shared_device& device, std::vector<share_wish> wishes, step work)
      : device_(device), wishes_(std::move(wishes)), work_(std::move(work)) {}

  [[nodiscard]] std::size_t agents() const noexcept { return wishes_.size(); }

  /// Each runs so many steps; 0 = until `end`.
  void begin(std::uint32_t steps = 0);
  /// Waits for the steps of all; returns the seconds that each took from `begin` on. Errors: what went wrong in any.
  result<std::vector<double>> wait();
  /// Lets every agent end at its next step. Errors: as `wait`.
  result<void> end();

  /// Returns the longest step that ended since the last call, in milliseconds.
  double take_longest_step() noexcept { return static_cast<double>(longest_ns_.exchange(0)) / 1e6; }

 private:
  using clock_type = std::chrono::steady_clock;

  /// The smallest share, with turns of a whole quantum.
  static share_wish least_wish();
  void start(const share_contract& contract);
  result<void> work(agent_id holder, lease_id lease);
  void note(std::int64_t step_ns) noexcept;
  void end_part(agent_id holder, const result<void>& outcome);

  shared_device& device_;
  const std::vector<share_wish> wishes_;
  const step work_;
  std::uint32_t steps_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<std::int64_t> longest_ns_{0};
  clock_type::time_point from_;
  std::mutex mutex_;  ///< of all below
  std::condition_variable ended_;
  std::size_t left_ = 0;
  std::vector<double> seconds_;
  std::optional<error> failure_;
};

}  // namespace dunlin::bench
