// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "gpu/cpu/executor.hpp"
#include "gpu/cpu/step_gate.hpp"
#include "gpu/memory/arena.hpp"
#include "gpu/memory/idle_watch.hpp"
#include "gpu/memory/memory_pool.hpp"

namespace dunlin {

class core_claims;

struct cpu_device_options {
  device_id id;
  std::string name = "cpu";
  std::uint32_t workers = 0;  ///< threads that run steps; 0 = one for each claimed core
  std::uint32_t cores = 0;    ///< cores to claim; 0 = one for each worker, or all if those are 0 too
  std::string run_directory;  ///< where the host's processes claim cores; empty = claim none
  std::string owner;          ///< what other processes read in the claim: the node's name

  /// What only the nodes of one cluster call it, if those on this host all work on these cores by turns; empty = they
  /// are this process's alone. Needs a run directory.
  std::string cluster = {};
  std::uint64_t memory_bytes = 0;  ///< to share out by `reserve`; 0 = that fraction of the machine's
  double memory_fraction = 0.5;    ///< above 0, at most 1
  pool_options pool = {};          ///< `max_bytes` 0 = all of `memory_bytes` and what may lie free between blocks
  /// Told the cores it works on and the addresses of its pool, before any of it is used; empty = the system decides.
  std::function<void(const std::vector<std::uint32_t>& cores, void* place, std::uint64_t bytes)> place_memory = {};
  std::size_t queue_capacity = 65'536;
  std::chrono::nanoseconds spin{20'000};  ///< see executor_options
  std::chrono::milliseconds stop_patience{2'000};
};

/// The processor as a device: own threads, never those that run actors. Thread: any; not destroyed from a step.
class DUNLIN_EXPORT cpu_device final : public device_port {
 public:
  /// Errors: io_failed (the run directory, or no thread), invalid_argument (a fraction or a pool that cannot be).
  static result<std::shared_ptr<cpu_device>> make(cpu_device_options options);
  ~cpu_device() override;

  /// `enforcement` is `hard` only while every worker is pinned to cores that no other process claims, and no task
  /// without a lease runs on a core that a holder has: it may change.
  [[nodiscard]] device_properties properties() const override;
  /// Busy is its workers' CPU time in steps.
  [[nodiscard]] device_telemetry telemetry() const override;
  void tidy(time_point now) override;
  result<void> submit(device_step step) override { return executor_.submit(std::move(step)); }
  void fence(std::uint64_t queue, fencing_token lowest) override { executor_.fence(queue, lowest); }
  bool abandon(std::uint64_t queue) override { return executor_.abandon(queue); }

  share_gate* gate() override { return gate_.get(); }

  /// Returns an `arena` over the device's pool. Errors: quota_exceeded, io_failed (no addresses for a pool).
  result<std::shared_ptr<std::pmr::memory_resource>> reserve(std::uint64_t cap_bytes,
                                                             const std::string& holder) override;

  [[nodiscard]] executor_statistics statistics() const { return executor_.statistics(); }
  [[nodiscard]] std::uint64_t reserved_bytes() const { return budget_->taken(); }

 private:
  cpu_device(cpu_device_options options, std::unique_ptr<core_claims> claims, std::string shared_as);
  [[nodiscard]] std::string enforcement() const;
  step_gate_options gate_options();
  void leave_to_others(const std::vector<std::uint32_t>& units);
  [[nodiscard]] bool is_shared() const noexcept { return !shared_as_.empty(); }
  result<std::shared_ptr<memory_pool>> pool();

  cpu_device_options options_;
  std::unique_ptr<core_claims> claims_;  // null if none were asked for
  const std::string shared_as_;          // empty if its cores are this process's alone
  const std::string partners_;           // what the claims of those end in that take turns with this one
  std::shared_ptr<memory_budget> budget_;
  idle_watch idle_;  ///< `tidy`'s
  mutable std::mutex pool_mutex_;
  std::shared_ptr<memory_pool> pool_;  ///< once somebody has asked for memory
  std::shared_ptr<step_gate> gate_;
  std::atomic<bool> all_held_{false};  ///< no unit is left to tasks without a lease
  executor executor_;
};

}  // namespace dunlin
