// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cuda_device.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"
#include "tests/gpu/device_rig.hpp"

namespace dunlin::testing {

namespace {

std::unique_ptr<device_rig> make_emulated_rig() {
  auto gpu = std::make_shared<emulated_gpu>(emulated_gpu_options{.memory_bytes = 16 << 20});
  cuda::device_options options;
  options.workers = 2;
  options.queue_capacity = 4;
  options.memory_fraction = 1.0 / 16;
  options.stop_patience = std::chrono::milliseconds{50};
  return make_threaded_rig(cuda::cuda_device::make(gpu->driver(), options).value(), gpu);
}

}  // namespace

std::vector<rig_kind> every_rig() { return {{"EmulatedGpu", make_emulated_rig}}; }

}  // namespace dunlin::testing
