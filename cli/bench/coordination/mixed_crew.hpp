// SPDX-License-Identifier: Apache-2.0
// Agents that come to a shared device with jobs, one after the other, each under a lease of its own.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "cli/bench/coordination/shared_device.hpp"
#include "coordination/sharing/automatic/automatic_mode.hpp"

namespace dunlin::bench {

/// What one agent does, again and again.
struct mixed_agent {
  share_wish wish;
  duration step = 1ms;  ///< of processor time
  std::uint32_t job_steps = 1;
  duration away = 50ms;  ///< between two jobs
};

/// Short interactive agents, long batch ones and some that need most of the memory: more than the device can serve.
[[nodiscard]] std::vector<mixed_agent> mixed_agents(const device_capacity& capacity);

/// Thread: the owner's; the agents' steps run on the device's.
class mixed_crew {
 public:
  /// `automatic` hears what the agents do; may be null. Both outlive this.
  mixed_crew(shared_device& device, const std::vector<mixed_agent>& agents, automatic_mode* automatic);

  /// Agents come for `lasts`; then those that have a job end it. Errors: what went wrong in any of them, timeout.
  result<void> run(duration lasts);

  /// Returns the agents' mean slowdown, as `mean_slowdown` has it.
  [[nodiscard]] double slowdown() const;

  /// Returns how often the pattern was changed.
  [[nodiscard]] std::uint64_t switches() const noexcept { return switches_; }

 private:
  struct member {
    mixed_agent plan;
    std::uint64_t iterations = 0;
    bool has_job = false;
    time_point since{};  ///< of the job, or of its end
    job_progress progress;
  };

  [[nodiscard]] agent_id id_of(const member& one) const;
  void begin_due_jobs();
  void begin(member& one);
  void start(member& one, const share_contract& contract);
  [[nodiscard]] result<void> work(member& one, agent_id holder, lease_id lease);
  void end(member& one, const result<void>& outcome);
  void meter(const share_contract& contract);
  result<void> choose();
  [[nodiscard]] bool is_idle();

  shared_device& device_;
  automatic_mode* automatic_;
  std::uint64_t switches_ = 0;
  time_point metered_at_{};
  std::mutex mutex_;  ///< of all below, and of what `automatic_` points to
  std::vector<member> members_;
  std::optional<error> failure_;
};

}  // namespace dunlin::bench
