// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "gpu/cuda/cuda_device.hpp"
#include "tests/gpu/cuda/emulated_cublas.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {

/// One holder at its step on an emulated GPU.
struct a_holder : ::testing::Test {
  static std::shared_ptr<cuda::cuda_device> open(const emulated_gpu& gpu) {
    cuda::device_options options;
    options.workers = 1;
    options.cublas = &emulated_cublas();
    return cuda::cuda_device::make(gpu.driver(), options).value();
  }
  std::unique_ptr<share_session> begin() {
    share_contract contract;
    contract.holder = {1};
    contract.id = {1};
    contract.token = 1;
    device->gate()->apply({share_granted{{}, contract}});
    return device->gate()->enter({1}, {1}, {}).value();
  }

  emulated_gpu gpu;
  std::shared_ptr<cuda::cuda_device> device = open(gpu);
  std::shared_ptr<device_work> work = device->open_work({1}, 1 << 20, "agent 1").value();
  std::unique_ptr<share_session> step = begin();
};

}  // namespace dunlin::testing
