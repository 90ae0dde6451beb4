// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gpu/cpu/cpu_device.hpp"
#include "gpu/gpu_settings.hpp"

namespace dunlin {

struct device_factory_options {
  cpu_device_options cpu;         ///< `cpu.id` is the first id
  bool gpus = true;               ///< look for GPUs
  std::string cuda_module;        ///< path of the module; empty = `cuda_module_path()`
  std::string gpu_run_directory;  ///< where the host's processes say which GPU is theirs; empty = nowhere
  gpu_settings gpu;
};

/// The devices of one node.
struct device_set {
  std::vector<std::shared_ptr<device_port>> devices;  ///< the processor first
  std::string no_gpu_reason;                          ///< one line; empty if there is a GPU
  std::string unused_gpus;                            ///< one line: why others are not used beside those; mostly empty
};

/// Opens every device of this machine. A missing GPU is a reason, never an error. Errors: io_failed (the CPU device).
DUNLIN_EXPORT result<device_set> open_devices(const device_factory_options& options);

}  // namespace dunlin
