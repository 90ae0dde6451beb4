// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gpu/cuda/cuda_device.hpp"
#include "gpu/device_work.hpp"
#include "gpu/kernels/kernel_backend.hpp"
#include "tests/gpu/cuda/emulated_cublas.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {

inline constexpr std::uint64_t mib = std::uint64_t{1} << 20;

/// A device whose holders take steps by hand, on the test's thread.
struct HolderWork : ::testing::Test {
  static share_contract contract_of(agent_id holder, std::vector<std::uint32_t> units = {}) {
    share_contract out;
    out.holder = holder;
    out.id = lease_id{holder.value};
    out.token = ++tokens;
    out.granted.units = std::move(units);
    out.granted.compute_units = 1;
    return out;
  }
  void grant(agent_id holder, std::vector<std::uint32_t> units = {}) {
    device->gate()->apply({share_granted{{}, contract_of(holder, std::move(units))}});
  }
  std::shared_ptr<device_work> open(agent_id holder, std::uint64_t bytes = mib) {
    return device->open_work(holder, bytes, "agent " + std::to_string(holder.value)).value();
  }
  std::unique_ptr<share_session> enter(agent_id holder) {
    return device->gate()->enter(holder, lease_id{holder.value}, {}).value();
  }
  static cuda::device_options small() {
    cuda::device_options options;
    options.workers = 1;
    options.settings.memory_fraction = 0.75;
    options.cublas = &emulated_cublas();
    return options;
  }

  static inline fencing_token tokens = 0;
  const int made_before = cublas_handles_made();
  const agent_id ann{1};
  const agent_id bob{2};
  emulated_gpu gpu{{.sms = 20, .memory_bytes = 64 * mib}};
  std::shared_ptr<cuda::cuda_device> device = *cuda::cuda_device::make(gpu.driver(), small());
};

}  // namespace dunlin::testing
