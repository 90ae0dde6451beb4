// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/cuda/cublas_library.hpp"
#include "gpu/cuda/device_health.hpp"
#include "gpu/cuda/kernel_code.hpp"
#include "gpu/cuda/pinned_words.hpp"
#include "gpu/cuda/sm_groups.hpp"
#include "gpu/memory/memory_budget.hpp"
#include "gpu/memory/memory_pool.hpp"

namespace dunlin::cuda {

/// What all holders of one GPU work with; shared with them, because work may outlive its device.
struct gpu_parts {
  std::shared_ptr<gpu_context> context;  ///< the primary one
  sm_groups groups;
  std::shared_ptr<kernel_code> code;
  std::shared_ptr<pinned_words> words;
  std::shared_ptr<memory_budget> budget;
  std::shared_ptr<memory_pool> pool;
  std::shared_ptr<memory_pool> staging;  ///< pinned memory of the host
  const cublas_calls* cublas = nullptr;  ///< null = as found on this machine
  bool urgent_streams = false;
  device_health health = {};
};

}  // namespace dunlin::cuda
