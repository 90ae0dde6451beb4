// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "gpu/cuda/stream.hpp"
#include "gpu/device_work.hpp"

namespace dunlin::cuda {

/// Machine code with kernels that runs in every context of its process. Thread: any.
class kernel_code final : public device_code {
 public:
  /// `images`: what nvcc makes, as cubin, fatbin or PTX. Errors: not_supported (no code for this GPU), malformed and
  /// others of `check`.
  static result<std::shared_ptr<kernel_code>> load(std::shared_ptr<gpu_context> context,
                                                   std::span<const std::span<const std::byte>> images);
  ~kernel_code() override;
  kernel_code(const kernel_code&) = delete;
  kernel_code& operator=(const kernel_code&) = delete;

  /// Puts a kernel into a stream. `argument` is its only one, copied by the call. Errors: not_found (no such kernel),
  /// those of `check`.
  template <class Argument>
  result<void> launch(const stream& on, const char* kernel, const launch_shape& shape, const Argument& argument) {
    auto copy = argument;
    std::array<void*, 1> arguments{&copy};
    return launch_with(on, kernel, shape, arguments.data());
  }

  /// The same for kernels with any number of arguments: `arguments[i]` points to the i-th.
  result<void> launch_with(const stream& on, const std::string& kernel, const launch_shape& shape, void** arguments);

 private:
  explicit kernel_code(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}
  result<CUkernel> find(const std::string& name);
  result<void> allow_shared(CUkernel kernel, std::uint32_t bytes);

  const std::shared_ptr<gpu_context> context_;
  std::vector<std::vector<std::byte>> images_;  ///< each ends in a zero, as PTX has to
  std::vector<CUlibrary> libraries_;
  std::mutex mutex_;
  std::unordered_map<std::string, CUkernel> known_;
  std::unordered_map<CUkernel, std::uint32_t> shared_bytes_;  ///< what they may have, of those that asked
};

/// Returns the module's own kernels, as compiled into it.
std::span<const std::span<const std::byte>> own_kernel_images();

}  // namespace dunlin::cuda
