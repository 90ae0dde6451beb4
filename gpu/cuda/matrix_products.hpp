// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/cuda/cublas_library.hpp"
#include "gpu/cuda/stream.hpp"
#include "gpu/kernels/calls.hpp"

namespace dunlin::cuda {

/// Matrix products by cuBLAS in the order of one stream. Thread: one at a time, with the stream's context current.
class matrix_products {
 public:
  /// `workspace`: device memory for cuBLAS, which takes none of its own then; aligned to 256 bytes. All outlive it.
  static result<std::unique_ptr<matrix_products>> make(const cublas_calls& cublas, const stream& on, void* workspace,
                                                       std::uint64_t workspace_bytes);
  ~matrix_products();
  matrix_products(const matrix_products&) = delete;
  matrix_products& operator=(const matrix_products&) = delete;

  result<void> run(const gemm_call& call);

 private:
  explicit matrix_products(const cublas_calls& cublas) noexcept : cublas_(cublas) {}

  const cublas_calls& cublas_;
  cublasHandle_t handle_ = nullptr;
};

}  // namespace dunlin::cuda
