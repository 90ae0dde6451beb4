// SPDX-License-Identifier: Apache-2.0
// NVIDIA's management library, as far as the module asks it. The toolkit brings no header for it; what stands here is
// the interface that its manual has kept since version 11.
#pragma once

#include "coordination/result.hpp"

namespace dunlin::cuda {

struct nvml_device;

struct nvml_utilisation {
  unsigned int gpu = 0;     ///< percent of the time in which any kernel ran
  unsigned int memory = 0;  ///< percent of the time in which memory was read or written
};
struct nvml_memory {
  unsigned long long total = 0;
  unsigned long long free = 0;
  unsigned long long used = 0;
};
/// One entry of `nvmlDeviceGetFieldValues`.
struct nvml_field {
  unsigned int id = 0;
  unsigned int scope = 0;
  long long timestamp_us = 0;
  long long latency_us = 0;
  int value_type = 0;
  int code = 0;
  unsigned long long value = 0;  ///< a union of numbers: that of the fields asked for here
};

/// Each returns 0, or why not. A call that the library lacks is null.
struct nvml_calls {
  using device = nvml_device*;
  int (*init)() = nullptr;
  int (*find)(const char* uuid, device* out) = nullptr;
  int (*utilisation)(device, nvml_utilisation*) = nullptr;
  int (*memory)(device, nvml_memory*) = nullptr;
  int (*temperature)(device, int sensor, unsigned int* celsius) = nullptr;
  int (*power)(device, unsigned int* milliwatts) = nullptr;
  int (*energy)(device, unsigned long long* millijoules) = nullptr;
  int (*clock)(device, int domain, unsigned int* megahertz) = nullptr;
  int (*pcie)(device, int counter, unsigned int* kilobytes_per_s) = nullptr;
  int (*fields)(device, int count, nvml_field*) = nullptr;
};

/// Returns the library of this machine, loaded and started once for the process. Errors: not_supported, one line.
result<const nvml_calls*> load_nvml();

}  // namespace dunlin::cuda
