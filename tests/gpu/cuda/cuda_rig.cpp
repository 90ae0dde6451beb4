// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cuda_device.hpp"
#include "tests/gpu/cuda/gpu_under_test.hpp"
#include "tests/gpu/device_rig.hpp"

namespace dunlin::testing {

namespace {

/// So much of the GPU's memory, to the byte.
double fraction_of(const cuda::driver_calls& driver, double bytes) {
  std::size_t total = 1;
  driver.total_memory(&total, 0);
  return (bytes + 0.5) / static_cast<double>(total);
}

std::unique_ptr<device_rig> make_gpu_rig() {
  auto gpu = open_gpu(16 << 20);
  if (gpu.driver == nullptr) return nullptr;
  cuda::device_options options;
  options.workers = 2;
  options.queue_capacity = 4;
  options.settings.memory_fraction = fraction_of(*gpu.driver, 1 << 20);
  options.stop_patience = std::chrono::milliseconds{50};
  return make_threaded_rig(cuda::cuda_device::make(*gpu.driver, options).value(), gpu.beneath);
}

}  // namespace

std::vector<rig_kind> every_rig() { return {{name_of_gpu(), make_gpu_rig}}; }
std::string why_no_rig() { return open_gpu().why_none; }

}  // namespace dunlin::testing
