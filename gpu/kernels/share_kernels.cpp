// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/share_kernels.hpp"

#include "gpu/cpu/pinning.hpp"
#include "gpu/kernels/scalar_backend.hpp"
#include "gpu/kernels/simd_backend.hpp"

namespace dunlin {

share_kernels::share_kernels() = default;
share_kernels::~share_kernels() = default;

kernel_backend& share_kernels::here(std::uint32_t units, bool plain) {
  if (plain) {
    if (plain_ == nullptr) plain_ = std::make_unique<scalar_backend>();
    return *plain_;
  }
  std::vector<std::uint32_t> cores;
  if (units > 0) cores = cores_of_this_thread();
  if (units < cores.size()) cores.resize(units);
  if (backend_ == nullptr || cores != cores_) {
    backend_.reset();
    team_ = std::make_unique<core_team>(cores);
    backend_ = std::make_unique<simd_backend>(*team_);
    cores_ = std::move(cores);
  }
  return *backend_;
}

}  // namespace dunlin
