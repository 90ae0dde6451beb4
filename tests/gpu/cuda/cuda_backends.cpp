// SPDX-License-Identifier: Apache-2.0
// The CUDA backend on an emulated GPU: the kernels' own source, run by the processor.
#include "gpu/cuda/cuda_backend.hpp"
#include "tests/gpu/cuda/emulated_cublas.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"
#include "tests/gpu/kernels/kernel_conformance.hpp"

namespace dunlin::testing {

namespace {

class emulated_rig final : public backend_rig {
 public:
  kernel_backend& backend() override { return backend_; }
  result<void> finish() override { return stream_->finish(); }

 private:
  emulated_gpu gpu_;
  std::shared_ptr<cuda::gpu_context> context_{*cuda::gpu_context::primary(gpu_.driver(), 0)};
  std::unique_ptr<cuda::stream> stream_{*cuda::stream::make(context_, false)};
  std::shared_ptr<cuda::kernel_code> code_{*cuda::kernel_code::load(context_, cuda::own_kernel_images())};
  cuda::cuda_backend backend_{{code_, stream_.get(), std::pmr::new_delete_resource(), &emulated_cublas()}};
};

}  // namespace

std::vector<std::string> every_backend() { return {"emulated"}; }

std::unique_ptr<backend_rig> make_rig(const std::string&) { return std::make_unique<emulated_rig>(); }

}  // namespace dunlin::testing
