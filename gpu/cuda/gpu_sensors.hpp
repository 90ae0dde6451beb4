// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "coordination/observe/device_sensor.hpp"
#include "gpu/cuda/nvml_library.hpp"

namespace dunlin::cuda {

/// What a GPU's instruments say. Thread: any.
class gpu_sensors {
 public:
  /// `uuid`: 32 hexadecimal digits. Errors: not_found (the library knows no such GPU).
  static result<gpu_sensors> find(const nvml_calls& nvml, const std::string& uuid);

  /// Reads those that the GPU has: `time_busy_percent` (in which any kernel ran, of any process),
  /// `memory_busy_percent`, `memory_used_bytes`, `temperature_celsius`, `power_watts`, `energy_joules` (since the
  /// driver was loaded), `sm_clock_megahertz`, `memory_clock_megahertz`, `pcie_sent_bytes_per_second`,
  /// `pcie_received_bytes_per_second`, `nvlink_sent_bytes`, `nvlink_received_bytes` (since the driver was loaded).
  [[nodiscard]] std::vector<device_sensor> read() const;

 private:
  gpu_sensors(const nvml_calls& nvml, nvml_device* device) noexcept : nvml_(&nvml), device_(device) {}

  const nvml_calls* nvml_;
  nvml_device* device_;
};

}  // namespace dunlin::cuda
