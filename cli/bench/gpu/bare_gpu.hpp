// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/cuda/cublas_library.hpp"
#include "gpu/cuda/driver.hpp"
#include "gpu/kernels/calls.hpp"

namespace dunlin::bench {

/// What a program does that calls the driver and cuBLAS itself, with one stream of the current context. Thread: that
/// of the context.
class bare_gpu {
 public:
  /// Without cuBLAS (null) it has no products. Errors: those of the driver and of cuBLAS.
  static result<std::unique_ptr<bare_gpu>> make(const cuda::driver_calls& driver, const cuda::cublas_calls* cublas);
  ~bare_gpu();
  bare_gpu(const bare_gpu&) = delete;
  bare_gpu& operator=(const bare_gpu&) = delete;

  result<void> copy(void* to, const void* from, std::uint64_t bytes);
  /// Launches one block of the kernel that `scale_call` is for.
  result<void> scale(scale_call call);
  result<void> multiply(const half_gemm_call& call);
  result<void> finish();

 private:
  bare_gpu(const cuda::driver_calls& driver, const cuda::cublas_calls* cublas) : driver_(driver), cublas_(cublas) {}
  result<void> open();
  result<void> open_products();
  [[nodiscard]] result<void> check(CUresult code, const char* call) const { return cuda::check(driver_, code, {call}); }

  const cuda::driver_calls& driver_;
  const cuda::cublas_calls* cublas_;
  CUstream stream_ = nullptr;
  CUlibrary code_ = nullptr;
  CUkernel kernel_ = nullptr;
  cublasHandle_t products_ = nullptr;
};

}  // namespace dunlin::bench
