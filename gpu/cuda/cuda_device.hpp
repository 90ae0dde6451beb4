// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "coordination/ports.hpp"
#include "gpu/cpu/executor.hpp"
#include "gpu/cpu/step_gate.hpp"
#include "gpu/cuda/gpu_lock.hpp"
#include "gpu/cuda/gpu_parts.hpp"
#include "gpu/cuda/sensor_board.hpp"
#include "gpu/cuda/work_meter.hpp"
#include "gpu/gpu_settings.hpp"
#include "gpu/memory/idle_watch.hpp"

namespace dunlin::cuda {

struct device_options {
  device_id id = {};
  int ordinal = 0;                 ///< as the driver counts
  std::string run_directory = {};  ///< where the host's processes say which GPU is theirs; empty = nowhere
  std::string owner = {};          ///< what they read: the node's name
  gpu_settings settings = {};
  std::uint64_t staging_bytes = std::uint64_t{1} << 30;  ///< pinned memory of the host, at most
  std::uint32_t workers = 8;                             ///< host threads for steps without a lease
  std::size_t queue_capacity = 65'536;
  std::chrono::milliseconds stop_patience{2'000};
  const cublas_calls* cublas = nullptr;  ///< null = as found on this machine
  const nvml_calls* nvml = nullptr;      ///< null = as found on this machine
};

/// One GPU. A step is host code on a thread of the device, which puts work into its holder's stream; units are groups
/// of SMs, of which a contract names some or has all. Thread: any; not destroyed from a step.
class cuda_device final : public device_port {
 public:
  /// `driver` outlives it. Errors: invalid_argument (a fraction outside 0-1), already_running (another process of ours
  /// has the GPU), those of the driver.
  static result<std::shared_ptr<cuda_device>> make(const driver_calls& driver, device_options options);
  ~cuda_device() override;

  /// `compute_units` are groups of SMs; one, where the GPU cannot be split. `enforcement` is `hard` while the groups
  /// are kept apart by the hardware and no other process of ours can use the GPU.
  [[nodiscard]] device_properties properties() const override;

  [[nodiscard]] device_telemetry telemetry() const override;

  void tidy(time_point now) override;

  [[nodiscard]] result<void> health() const override { return parts_->health.check(); }

  /// Also refused with device_lost, once a step has faulted: the context is of no use to anybody then.
  result<void> submit(device_step step) override;
  void fence(std::uint64_t queue, fencing_token lowest) override { executor_->fence(queue, lowest); }
  bool abandon(std::uint64_t queue) override;
  share_gate* gate() override { return gate_.get(); }

  /// Memory whose freed blocks wait for everything that the GPU does. Meant for what is not in one holder's order.
  result<std::shared_ptr<std::pmr::memory_resource>> reserve(std::uint64_t cap_bytes,
                                                             const std::string& holder) override;
  result<std::shared_ptr<device_work>> open_work(agent_id holder, std::uint64_t cap_bytes,
                                                 const std::string& name) override;

 private:
  cuda_device(device_options options, std::shared_ptr<gpu_parts> parts, std::unique_ptr<gpu_lock> lock,
              std::string name, std::shared_ptr<sensor_board> sensors);
  [[nodiscard]] std::uint32_t units() const noexcept;
  void look_at_sensors();
  [[nodiscard]] std::string enforcement() const;

  const device_options options_;
  const std::string name_;
  const std::shared_ptr<sensor_board> sensors_;  ///< null where NVML does not know it
  std::unique_ptr<gpu_lock> lock_;               ///< null if nobody else was to be kept away
  std::shared_ptr<gpu_parts> parts_;
  std::shared_ptr<work_meter> meter_;
  idle_watch idle_;  ///< `tidy`'s
  std::shared_ptr<step_gate> gate_;
  std::unique_ptr<executor> executor_;
};

}  // namespace dunlin::cuda
