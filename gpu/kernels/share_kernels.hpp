// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin {

class core_team;
class scalar_backend;
class simd_backend;

/// The kernels of whoever works on a share of the processor: over the cores that its thread is tied to, which change
/// with its contract. Thread: the one that works.
class DUNLIN_EXPORT share_kernels {
 public:
  share_kernels();
  ~share_kernels();
  share_kernels(const share_kernels&) = delete;
  share_kernels& operator=(const share_kernels&) = delete;

  /// Returns kernels over the calling thread's cores, `units` of them at most; 0 = the calling thread alone. Valid
  /// until the next call. `plain`: loops without SIMD, on the calling thread.
  [[nodiscard]] kernel_backend& here(std::uint32_t units, bool plain = false);

 private:
  std::vector<std::uint32_t> cores_;
  std::unique_ptr<core_team> team_;
  std::unique_ptr<simd_backend> backend_;
  std::unique_ptr<scalar_backend> plain_;
};

}  // namespace dunlin
