// SPDX-License-Identifier: Apache-2.0
// The CUDA backend on the GPU under test, over memory that the host reaches too.
#include "gpu/cuda/cuda_backend.hpp"
#include "tests/gpu/cuda/gpu_under_test.hpp"
#include "tests/gpu/kernels/kernel_conformance.hpp"

namespace dunlin::testing {

namespace {

class cuda_rig final : public backend_rig {
 public:
  explicit cuda_rig(gpu_under_test gpu) : gpu_(std::move(gpu)) {}
  kernel_backend& backend() override { return backend_; }
  result<void> finish() override { return stream_->finish(); }
  std::pmr::memory_resource& memory() override { return memory_; }

 private:
  gpu_under_test gpu_;
  std::shared_ptr<cuda::gpu_context> context_{*cuda::gpu_context::primary(*gpu_.driver, 0)};
  pinned_memory memory_{context_};
  std::shared_ptr<cuda::stream> stream_{*cuda::stream::make(context_, false)};
  std::shared_ptr<cuda::kernel_code> code_{*cuda::kernel_code::load(context_, cuda::own_kernel_images())};
  cuda::cuda_backend backend_{{code_, stream_.get(), &memory_, gpu_.cublas}};
};

}  // namespace

std::vector<std::string> every_backend() { return {name_of_gpu()}; }

std::unique_ptr<backend_rig> make_rig(const std::string&) {
  auto gpu = open_gpu();
  return gpu.driver == nullptr ? nullptr : std::make_unique<cuda_rig>(std::move(gpu));
}

std::string why_no_rig() { return open_gpu().why_none; }

}  // namespace dunlin::testing
