// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda/emulated_cublas.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"
#include "tests/gpu/cuda/gpu_under_test.hpp"

namespace dunlin::testing {

gpu_under_test open_gpu(std::uint64_t emulated_bytes) {
  // Small, since each thread of a kernel is a fiber: two groups of SMs, and one left over.
  auto gpu =
      std::make_shared<emulated_gpu>(emulated_gpu_options{.sms = 5, .sms_of_group = 2, .memory_bytes = emulated_bytes});
  const auto* driver = &gpu->driver();
  return {driver, &emulated_cublas(), std::move(gpu), {}};
}

const char* name_of_gpu() { return "EmulatedGpu"; }

}  // namespace dunlin::testing
