// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cublas_v2.h>

#include "coordination/result.hpp"

namespace dunlin::cuda {

/// The calls of NVIDIA's matrix library that the module makes. It is looked for when the first product is asked for: it
/// is large, and most agents never multiply.
struct cublas_calls {
  decltype(&::cublasCreate) create = nullptr;
  decltype(&::cublasDestroy) destroy = nullptr;
  decltype(&::cublasSetStream) set_stream = nullptr;
  decltype(&::cublasSetWorkspace) set_workspace = nullptr;
  /// `cublasGemmEx`, which C++ knows with two types of the last argument but one.
  cublasStatus_t (*gemm)(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int, const void*, const void*,
                         cudaDataType, int, const void*, cudaDataType, int, const void*, void*, cudaDataType, int,
                         cublasComputeType_t, cublasGemmAlgo_t) = nullptr;
  decltype(&::cublasGetStatusString) status_text = nullptr;
};

/// Returns the library of this machine, loaded once for the process. Errors: not_supported (one line: which file is
/// missing, or what it lacks).
result<const cublas_calls*> load_cublas();

/// Errors: quota_exceeded (out of memory), device_lost (execution failed), not_supported, io_failed.
result<void> check(const cublas_calls& cublas, cublasStatus_t code, const char* call);

}  // namespace dunlin::cuda
