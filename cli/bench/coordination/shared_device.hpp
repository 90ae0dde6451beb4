// SPDX-License-Identifier: Apache-2.0
// A device, the arbiter of its shares and the gate that keeps holders to them: what a node's coordinator puts
// together, with a lock where that has a mailbox.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "coordination/ports.hpp"
#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin::bench {

/// Thread: any.
class shared_device {
 public:
  using grant_handler = std::function<void(const share_contract&)>;

  /// A processor: `units` workers on cores of their own, fewer where the machine has fewer. Errors: io_failed.
  static result<std::unique_ptr<shared_device>> make(std::uint32_t units);
  /// Any device that knows turns.
  static std::unique_ptr<shared_device> over(std::shared_ptr<device_port> device);
  ~shared_device() = default;
  shared_device(const shared_device&) = delete;
  shared_device& operator=(const shared_device&) = delete;

  /// Shares the device so from now on; whoever holds a share goes on.
  result<void> share_by(const share_options& options);

  /// Asks for the smallest share with turns of `weight` hundredths of the quantum; `granted` is called once, from
  /// whichever thread makes room.
  result<void> ask(agent_id agent, std::uint32_t weight, grant_handler granted);
  /// Likewise with a wish of its own.
  result<void> ask(agent_id agent, const share_wish& wish, grant_handler granted);
  void give_back(agent_id agent);

  /// Returns the contracts in force, without parked ones.
  [[nodiscard]] std::vector<share_contract> contracts();
  [[nodiscard]] device_port& device() noexcept { return *device_; }
  [[nodiscard]] std::shared_ptr<device_port> port() const { return device_; }
  [[nodiscard]] share_gate& gate() noexcept { return *device_->gate(); }
  [[nodiscard]] std::uint32_t units() const noexcept { return capacity_.compute_units; }
  [[nodiscard]] const device_capacity& capacity() const noexcept { return capacity_; }

 private:
  shared_device() = default;
  void perform(std::unique_lock<std::mutex>& lock);

  std::shared_ptr<void> directory_;  ///< where the cores are claimed; ends after the device
  std::shared_ptr<device_port> device_;
  device_capacity capacity_;
  std::mutex mutex_;
  std::unique_ptr<arbiter> shares_;
  sharing_effects out_;
  std::unordered_map<agent_id, grant_handler> asking_;
  std::unordered_map<agent_id, fencing_token> tokens_;
};

}  // namespace dunlin::bench
