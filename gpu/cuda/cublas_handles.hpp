// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <vector>

#include "gpu/cuda/cublas_library.hpp"
#include "gpu/cuda/gpu_context.hpp"

namespace dunlin::cuda {

/// cuBLAS handles of a GPU's primary context, kept for the next holder: to make one takes a tenth of a second, and to
/// destroy one waits for everybody's work on the GPU. Thread: any.
class cublas_handles {
 public:
  cublas_handles() = default;
  ~cublas_handles();
  cublas_handles(const cublas_handles&) = delete;
  cublas_handles& operator=(const cublas_handles&) = delete;

  /// With `context` current. One for a green context is new, and ends with it.
  result<cublasHandle_t> take(const cublas_calls& cublas, const gpu_context& context);
  void give_back(const cublas_calls& cublas, const gpu_context& context, cublasHandle_t handle);

 private:
  std::mutex mutex_;
  const cublas_calls* cublas_ = nullptr;  ///< of those that are kept
  std::vector<cublasHandle_t> spare_;
};

}  // namespace dunlin::cuda
