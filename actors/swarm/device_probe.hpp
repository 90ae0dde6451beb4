// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/swarm/swarm_config.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// What a device did when it was asked to take a mebibyte of its memory and write to it, in one step; where the host
/// cannot reach that memory, by copies there and back.
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
  std::string unused_gpus;    ///< one line: why others are not used beside those
};

/// Tries a device that nobody else uses. A step that does not end in time goes on by itself: then the outcome is
/// `timeout`.
DUNLIN_EXPORT probed_device probe_device(const std::shared_ptr<device_port>& device,
                                         milliseconds patience = milliseconds{5'000});

/// Opens the devices that a node with this configuration would have, without claiming cores, and tries each. Blocks for
/// five seconds a device at most. Errors: those of `open_devices`.
DUNLIN_EXPORT result<device_probe> probe_devices(const swarm_config& config);

}  // namespace dunlin
