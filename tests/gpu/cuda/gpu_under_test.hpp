// SPDX-License-Identifier: Apache-2.0
// The GPU of a test program: an emulated one, or, in the programs labelled `gpu`, that of the machine.
#pragma once

#include <memory>
#include <memory_resource>
#include <string>

#include "gpu/cuda/cublas_library.hpp"
#include "gpu/cuda/gpu_context.hpp"

namespace dunlin::testing {

struct gpu_under_test {
  const cuda::driver_calls* driver = nullptr;  ///< null if there is none
  const cuda::cublas_calls* cublas = nullptr;  ///< null = as found on this machine
  std::shared_ptr<void> beneath;               ///< outlives everything made of it
  std::string why_none;                        ///< why tests are skipped
};

/// A fresh one, of so many bytes where that can be chosen.
gpu_under_test open_gpu(std::uint64_t emulated_bytes = std::uint64_t{256} << 20);
/// Part of the tests' names.
const char* name_of_gpu();

/// Host memory that the GPU reads and writes as well, under the same addresses.
class pinned_memory final : public std::pmr::memory_resource {
 public:
  explicit pinned_memory(std::shared_ptr<cuda::gpu_context> context) noexcept : context_(std::move(context)) {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  const std::shared_ptr<cuda::gpu_context> context_;
};

}  // namespace dunlin::testing
