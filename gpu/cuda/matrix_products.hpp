// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/cuda/cublas_handles.hpp"
#include "gpu/cuda/stream.hpp"
#include "gpu/kernels/calls.hpp"

namespace dunlin::cuda {

/// Matrix products by cuBLAS in the order of one stream. Thread: one at a time, with the stream's context current.
class matrix_products {
 public:
  /// `workspace`: device memory for what cuBLAS computes in, aligned to 256 bytes. All outlive it.
  static result<std::unique_ptr<matrix_products>> make(const cublas_calls& cublas, cublas_handles& handles,
                                                       const stream& on, void* workspace,
                                                       std::uint64_t workspace_bytes);
  ~matrix_products();
  matrix_products(const matrix_products&) = delete;
  matrix_products& operator=(const matrix_products&) = delete;

  result<void> run(const gemm_call& call);
  result<void> run(const half_gemm_call& call);

 private:
  template <class Call>
  result<void> multiply(const Call& call, cudaDataType factors, cublasComputeType_t computes);
  matrix_products(const cublas_calls& cublas, cublas_handles& handles, const stream& on) noexcept
      : cublas_(cublas), handles_(handles), context_(on.context()) {}

  const cublas_calls& cublas_;
  cublas_handles& handles_;
  const std::shared_ptr<gpu_context> context_;
  cublasHandle_t handle_ = nullptr;
};

}  // namespace dunlin::cuda
