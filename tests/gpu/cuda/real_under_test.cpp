// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda/gpu_under_test.hpp"

namespace dunlin::testing {

gpu_under_test open_gpu(std::uint64_t) {
  const auto driver = cuda::load_driver();
  if (!driver) return {nullptr, nullptr, nullptr, driver.error().context};
  int count = 0;
  if ((*driver)->device_count(&count) != CUDA_SUCCESS || count == 0)
    return {nullptr, nullptr, nullptr, "the NVIDIA driver sees no GPU"};
  return {*driver, nullptr, nullptr, {}};
}

const char* name_of_gpu() { return "Gpu"; }

}  // namespace dunlin::testing
