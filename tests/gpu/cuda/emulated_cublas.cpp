// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda/emulated_cublas.hpp"

#include <atomic>

#include "gpu/kernels/half_numbers.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {

namespace {

struct product_order {
  CUstream on = nullptr;
};

std::atomic<int> handles_made{0};
std::atomic<cublasComputeType_t> last_compute_type{};

cublasStatus_t create(cublasHandle_t* out) {
  ++handles_made;
  *out = reinterpret_cast<cublasHandle_t>(new product_order);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t destroy(cublasHandle_t which) {
  delete reinterpret_cast<product_order*>(which);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t set_stream(cublasHandle_t which, cudaStream_t on) {
  reinterpret_cast<product_order*>(which)->on = on;
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t set_workspace(cublasHandle_t, void* place, std::size_t) {
  return reinterpret_cast<std::uintptr_t>(place) % 256 == 0 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}
const char* status_text(cublasStatus_t) { return "played"; }

/// By columns, as cuBLAS has it: entry (row, column) of a matrix lies at row + column * its leading dimension.
struct column_product {
  bool a_transposed, b_transposed;
  int m, n, k, a_leads, b_leads, c_leads;
  float factor, keep;
  const void* a;
  const void* b;
  float* c;
  cudaDataType factors;

  [[nodiscard]] double number(const void* of, int at) const {
    if (factors == CUDA_R_32F) return static_cast<const float*>(of)[at];
    const auto format = factors == CUDA_R_16BF ? half_format::bf16 : half_format::fp16;
    return from_half(format, static_cast<const std::uint16_t*>(of)[at]);
  }

  void operator()() const {
    for (int column = 0; column < n; ++column)
      for (int row = 0; row < m; ++row) {
        double sum = 0;
        for (int i = 0; i < k; ++i)
          sum += number(a, a_transposed ? i + row * a_leads : row + i * a_leads) *
                 number(b, b_transposed ? column + i * b_leads : i + column * b_leads);
        auto& out = c[row + column * c_leads];
        out = factor * static_cast<float>(sum) + (keep == 0 ? 0 : keep * out);
      }
  }
};

cublasStatus_t gemm(cublasHandle_t which, cublasOperation_t of_a, cublasOperation_t of_b, int m, int n, int k,
                    const void* factor, const void* a, cudaDataType a_type, int a_leads, const void* b,
                    cudaDataType b_type, int b_leads, const void* keep, void* c, cudaDataType c_type, int c_leads,
                    cublasComputeType_t computes, cublasGemmAlgo_t) {
  last_compute_type = computes;
  const bool is_known = a_type == CUDA_R_32F || a_type == CUDA_R_16BF || a_type == CUDA_R_16F;
  if (!is_known || a_type != b_type || c_type != CUDA_R_32F) return CUBLAS_STATUS_NOT_SUPPORTED;
  const column_product product{of_a == CUBLAS_OP_T,
                               of_b == CUBLAS_OP_T,
                               m,
                               n,
                               k,
                               a_leads,
                               b_leads,
                               c_leads,
                               *static_cast<const float*>(factor),
                               *static_cast<const float*>(keep),
                               a,
                               b,
                               static_cast<float*>(c),
                               a_type};
  auto& gpu = emulated_gpu::current();
  const std::lock_guard lock{gpu.mutex()};
  gpu.enqueue(*reinterpret_cast<emulated_gpu::stream*>(reinterpret_cast<product_order*>(which)->on), {product, {}});
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace

int cublas_handles_made() { return handles_made; }

cublasComputeType_t last_product() { return last_compute_type; }

const cuda::cublas_calls& emulated_cublas() {
  static const cuda::cublas_calls calls{create, destroy, set_stream, set_workspace, gemm, status_text};
  return calls;
}

}  // namespace dunlin::testing
