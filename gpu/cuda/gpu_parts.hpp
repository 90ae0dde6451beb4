// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/cuda/cublas_handles.hpp"
#include "gpu/cuda/device_health.hpp"
#include "gpu/cuda/kernel_code.hpp"
#include "gpu/cuda/pinned_pages.hpp"
#include "gpu/cuda/pinned_words.hpp"
#include "gpu/cuda/sm_groups.hpp"
#include "gpu/gpu_settings.hpp"
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
  const std::byte* staging_base = nullptr;
  std::uint64_t staging_range = 0;
  const cublas_calls* cublas = nullptr;  ///< null = as found on this machine
  std::shared_ptr<cublas_handles> handles = std::make_shared<cublas_handles>();
  gpu_settings settings = {};
  device_health health = {};

  /// Returns how many bytes from `place` on are in one piece of pinned memory; all where it is not of the staging pool.
  [[nodiscard]] std::uint64_t bytes_to_page_end(const std::byte* place) const noexcept {
    if (place < staging_base || place >= staging_base + staging_range) return ~std::uint64_t{0};
    const auto offset = static_cast<std::uint64_t>(place - staging_base) % pinned_pages::bytes_of_page;
    return pinned_pages::bytes_of_page - offset;
  }
};

}  // namespace dunlin::cuda
