// SPDX-License-Identifier: Apache-2.0
// Which backend of a node runs a task: by which of its variants, on which device, with which kernels. A variant that
// asks for a GPU may run on any GPU of the node, or on the one that the task names; one that asks for cores runs with
// SIMD, and with plain loops only where SIMD has failed. Invariants:
//   - nothing is chosen that the task did not allow, that is quarantined, or that this very attempt is done with;
//   - several variants for one backend are all considered; where nothing else speaks for one it is the one that the
//     leader granted, else the first. One that takes more cores than the leader keeps for the task is not chosen where
//     cores are what it keeps;
//   - a backend whose cost nobody said and nobody measured is tried a few times, the last of the chain excepted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordination/backends/backend_choice.hpp"
#include "coordination/backends/backend_failure.hpp"
#include "coordination/tasks/task_spec.hpp"

namespace dunlin {

/// A device of the node; its id is its place in the list.
struct node_device {
  std::string kind = "cpu";
  std::uint32_t compute_units = 1;
  std::uint64_t memory_bytes = ~std::uint64_t{0};
  double bytes_per_second = 0;  ///< into its memory; 0 = not known, or it works on the host's
};

/// A task that is to run, or to run again elsewhere.
struct backend_request {
  const task_shape& shape;
  std::uint8_t granted = 0;               ///< variant that the leader keeps resources for
  std::uint64_t bytes = 0;                ///< of its payload
  std::vector<backend_failure> failed{};  ///< what this attempt has tried
};

/// Where a task runs, and why.
struct task_backend {
  std::string name;          ///< `simd`, `scalar`, or kind and number of a device, as `cuda:1`
  std::string because;       ///< the reason, then what was held against each other backend; in words
  std::uint8_t variant = 0;  ///< see `wish_of`
  device_id device;
  bool is_gpu = false;
  bool plain_kernels = false;
  backend_decision decision;
  backend_wish wish;
  duration expected{};  ///< so much its device's queue has grown
};

/// Thread: one at a time.
class DUNLIN_EXPORT task_backends {
 public:
  /// `max_memory_per_task`: bytes of the host; 0 = no limit.
  explicit task_backends(std::vector<node_device> devices, const breaker_limits& limits = {},
                         std::uint64_t max_memory_per_task = 0);

  /// True if something is to be decided about the task: it names variants, or asks for a GPU where there are some.
  [[nodiscard]] bool decides(const task_shape& shape) const noexcept;

  /// What is chosen is handed back to one of the three below. Errors, with each backend's reason: device_faulted (all
  /// that would fit are quarantined: another node may have one), infeasible (none here fits), overloaded (none may be
  /// used now, since it failed too often).
  [[nodiscard]] result<task_backend> choose(const backend_request& asked, time_point now);

  void on_done(const task_backend& what, duration took);
  void on_failed(const task_backend& what, failure_source whose, time_point now);
  /// It ended for a reason that says nothing about the backend.
  void on_given_up(const task_backend& what);

  /// Nothing is chosen on the device any more.
  void quarantine(device_id device, std::string why);
  /// Returns why it is quarantined; empty if it is not.
  [[nodiscard]] const std::string& quarantined(device_id device) const { return quarantine_.at(device.value); }

  [[nodiscard]] const std::vector<node_device>& devices() const noexcept { return devices_; }
  [[nodiscard]] breaker_state state_of(const std::string& backend, time_point now) const {
    return choice_.state_of(backend, now);
  }
  [[nodiscard]] breaker_state state_of(const std::string& backend, const std::string& kind, time_point now) const {
    return choice_.state_of(backend, kind, now);
  }

 private:
  struct way;
  [[nodiscard]] std::string lacking(const backend_request& asked, const way& one) const;
  [[nodiscard]] std::vector<way> ways_of(const backend_request& asked) const;
  [[nodiscard]] way way_on(const task_shape& shape, std::uint8_t variant, std::size_t device) const;
  [[nodiscard]] backend_offer offer_of(const backend_request& asked, const way& one) const;
  [[nodiscard]] std::string why_absent(const backend_request& asked, const way& one) const;
  [[nodiscard]] errc why_none(const backend_request& asked, const std::vector<way>& ways) const;

  std::vector<node_device> devices_;
  bool has_gpu_;
  std::uint64_t host_bytes_ = 0;         ///< that a task may have
  std::uint64_t max_memory_per_task_;    ///< 0 = no limit
  std::vector<std::string> quarantine_;  ///< by device
  std::vector<duration> queued_;         ///< by device: what is expected of the work that was chosen and has not ended
  backend_choice choice_;
};

}  // namespace dunlin
