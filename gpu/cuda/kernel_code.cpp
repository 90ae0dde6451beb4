// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/kernel_code.hpp"

#include <utility>

namespace dunlin::cuda {

result<std::shared_ptr<kernel_code>> kernel_code::load(std::shared_ptr<gpu_context> context,
                                                       std::span<const std::span<const std::byte>> images) {
  std::shared_ptr<kernel_code> made{new kernel_code(std::move(context))};
  const auto& here = *made->context_;
  for (const auto& image : images) {
    auto& kept = made->images_.emplace_back(image.begin(), image.end());
    kept.push_back(std::byte{0});
    CUlibrary library = nullptr;
    const auto code = here.driver().load_code(&library, kept.data(), nullptr, nullptr, 0, nullptr, nullptr, 0);
    if (auto loaded = here.check(code, "cuLibraryLoadData", image.size()); !loaded)
      return fail(std::move(loaded.error()));
    made->libraries_.push_back(library);
  }
  return made;
}

kernel_code::~kernel_code() {
  for (auto* library : libraries_) context_->driver().unload_code(library);
}

result<CUkernel> kernel_code::find(const std::string& name) {
  const std::lock_guard lock{mutex_};
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  for (auto* library : libraries_) {
    CUkernel kernel = nullptr;
    const auto code = context_->driver().find_kernel(&kernel, library, name.c_str());
    if (code == CUDA_ERROR_NOT_FOUND) continue;
    if (auto found = context_->check(code, "cuLibraryGetKernel"); !found) return fail(std::move(found.error()));
    return known_[name] = kernel;
  }
  return fail(errc::not_found, "the code has no kernel '" + name + "'");
}

/// A kernel that needs more of a multiprocessor's shared memory than every kernel has has to say so; what it declares
/// itself, which is not known here, counts towards that.
result<void> kernel_code::allow_shared(CUkernel kernel, std::uint32_t bytes) {
  const std::lock_guard lock{mutex_};
  auto& most = shared_bytes_[kernel];
  if (bytes <= most) return {};
  const auto code = context_->driver().set_kernel_attribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                                            static_cast<int>(bytes), kernel, context_->device());
  auto set = context_->check(code, "cuKernelSetAttribute of shared memory", bytes);
  if (set) most = bytes;
  return set;
}

result<void> kernel_code::launch_with(const stream& on, const std::string& kernel, const launch_shape& shape,
                                      void** arguments) {
  auto found = find(kernel);
  if (!found) return fail(std::move(found.error()));
  if (shape.shared_bytes > 0)
    if (auto set = allow_shared(*found, shape.shared_bytes); !set) return set;
  CUlaunchConfig config{};
  config.gridDimX = shape.blocks;
  config.gridDimY = shape.blocks_y;
  config.gridDimZ = 1;
  config.blockDimX = shape.threads;
  config.blockDimY = shape.threads_y;
  config.blockDimZ = 1;
  config.sharedMemBytes = shape.shared_bytes;
  config.hStream = on.handle();
  // A kernel without a context is launched in its stream's.
  const auto code = context_->driver().launch(&config, reinterpret_cast<CUfunction>(*found), arguments, nullptr);
  return context_->check(code, ("cuLaunchKernelEx of " + kernel).c_str());
}

}  // namespace dunlin::cuda
