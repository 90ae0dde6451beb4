// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "actors/swarm/swarm_config.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// What a device did when it was asked to take a mebibyte of its memory and write to it, in one step.
struct probed_device {
  device_properties is;
  result<void> outcome;
  std::uint64_t wall_ns = 0;   ///< of the step
  std::uint64_t busy_ns = 0;   ///< of those, what the device worked
  device_telemetry telemetry;  ///< while the memory was held
};

struct device_probe {
  std::vector<probed_device> devices;
  std::string no_gpu_reason;  ///< one line; empty if there is a GPU
};

/// Opens the devices that a node with this configuration would have, without claiming cores, and tries each. Blocks for
/// five seconds a device at most. Errors: those of `open_devices`.
DUNLIN_EXPORT result<device_probe> probe_devices(const swarm_config& config);

}  // namespace dunlin
