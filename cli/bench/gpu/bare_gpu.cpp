// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/bare_gpu.hpp"

#include <bit>
#include <utility>

#include "gpu/cuda/kernel_code.hpp"

namespace dunlin::bench {

result<std::unique_ptr<bare_gpu>> bare_gpu::make(const cuda::driver_calls& driver, const cuda::cublas_calls* cublas) {
  std::unique_ptr<bare_gpu> made{new bare_gpu{driver, cublas}};
  if (auto opened = made->open(); !opened) return fail(std::move(opened.error()));
  if (cublas != nullptr)
    if (auto opened = made->open_products(); !opened) return fail(std::move(opened.error()));
  return made;
}

bare_gpu::~bare_gpu() {
  if (products_ != nullptr) cublas_->destroy(products_);
  if (stream_ != nullptr) driver_.destroy_stream(stream_);
  if (code_ != nullptr) driver_.unload_code(code_);
}

/// The module's own kernel, so that both sides launch the same.
result<void> bare_gpu::open() {
  if (auto made = check(driver_.create_stream(&stream_, CU_STREAM_NON_BLOCKING, 0), "cuStreamCreate"); !made)
    return made;
  const auto image = cuda::own_kernel_images().front();
  if (auto loaded =
          check(driver_.load_code(&code_, image.data(), nullptr, nullptr, 0, nullptr, nullptr, 0), "cuLibraryLoadData");
      !loaded)
    return loaded;
  return check(driver_.find_kernel(&kernel_, code_, "dunlin_scale"), "cuLibraryGetKernel");
}

result<void> bare_gpu::open_products() {
  if (auto made = cuda::check(*cublas_, cublas_->create(&products_), "cublasCreate"); !made) return made;
  return cuda::check(*cublas_, cublas_->set_stream(products_, stream_), "cublasSetStream");
}

result<void> bare_gpu::copy(void* to, const void* from, std::uint64_t bytes) {
  return check(driver_.copy(std::bit_cast<CUdeviceptr>(to), std::bit_cast<CUdeviceptr>(from), bytes, stream_),
               "cuMemcpyAsync");
}

result<void> bare_gpu::scale(scale_call call) {
  CUlaunchConfig shape{};
  shape.gridDimX = shape.gridDimY = shape.gridDimZ = 1;
  shape.blockDimX = 256;
  shape.blockDimY = shape.blockDimZ = 1;
  shape.hStream = stream_;
  void* arguments[] = {&call};
  // A kernel stands for its function in the current context, as the driver's manual says.
  return check(driver_.launch(&shape, std::bit_cast<CUfunction>(kernel_), arguments, nullptr), "cuLaunchKernelEx");
}

/// By columns, as cuBLAS has matrices: c^T = b^T * a^T.
result<void> bare_gpu::multiply(const half_gemm_call& call) {
  if (cublas_ == nullptr) return fail(errc::not_supported, "there is no cuBLAS");
  const auto type = call.format == half_format::bf16 ? CUDA_R_16BF : CUDA_R_16F;
  const auto n = static_cast<int>(call.n);
  const auto k = static_cast<int>(call.k);
  return cuda::check(
      *cublas_,
      cublas_->gemm(products_, CUBLAS_OP_N, CUBLAS_OP_N, n, static_cast<int>(call.m), k, &call.factor, call.b, type, n,
                    call.a, type, k, &call.keep, call.c, CUDA_R_32F, n, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
      "cublasGemmEx");
}

result<void> bare_gpu::finish() { return check(driver_.synchronise_stream(stream_), "cuStreamSynchronize"); }

}  // namespace dunlin::bench
