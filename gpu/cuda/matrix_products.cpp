// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/matrix_products.hpp"

#include <utility>

namespace dunlin::cuda {

namespace {

cublasComputeType_t compute_type(product_precision precision) noexcept {
  switch (precision) {
    case product_precision::tf32:
      return CUBLAS_COMPUTE_32F_FAST_TF32;
    case product_precision::bf16:
      return CUBLAS_COMPUTE_32F_FAST_16BF;
    case product_precision::fp16:
      return CUBLAS_COMPUTE_32F_FAST_16F;
    case product_precision::usual:
    case product_precision::fp32:
      break;
  }
  return CUBLAS_COMPUTE_32F;
}

}  // namespace

result<std::unique_ptr<matrix_products>> matrix_products::make(const cublas_calls& cublas, cublas_handles& handles,
                                                               const stream& on, void* workspace,
                                                               std::uint64_t workspace_bytes) {
  std::unique_ptr<matrix_products> made{new matrix_products(cublas, handles, on)};
  auto handle = handles.take(cublas, *on.context());
  if (!handle) return fail(std::move(handle.error()));
  made->handle_ = *handle;
  if (auto done = check(cublas, cublas.set_stream(made->handle_, on.handle()), "cublasSetStream"); !done)
    return fail(std::move(done.error()));
  if (auto done = check(cublas, cublas.set_workspace(made->handle_, workspace, workspace_bytes), "cublasSetWorkspace");
      !done)
    return fail(std::move(done.error()));
  return made;
}

matrix_products::~matrix_products() {
  if (handle_ != nullptr) handles_.give_back(cublas_, *context_, handle_);
}

/// cuBLAS has matrices by columns, in which ours by rows are their transposes: c^T = op(b)^T * op(a)^T.
template <class Call>
result<void> matrix_products::multiply(const Call& call, cudaDataType factors, cublasComputeType_t computes) {
  const auto operation = [](bool is_transposed) { return is_transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
  const auto m = static_cast<int>(call.m);
  const auto n = static_cast<int>(call.n);
  const auto k = static_cast<int>(call.k);
  const auto code =
      cublas_.gemm(handle_, operation(call.b_transposed), operation(call.a_transposed), n, m, k, &call.factor, call.b,
                   factors, call.b_transposed ? k : n, call.a, factors, call.a_transposed ? m : k, &call.keep, call.c,
                   CUDA_R_32F, n, computes, CUBLAS_GEMM_DEFAULT);
  return check(cublas_, code, "cublasGemmEx");
}

result<void> matrix_products::run(const gemm_call& call) {
  return multiply(call, CUDA_R_32F, compute_type(call.precision));
}

result<void> matrix_products::run(const half_gemm_call& call) {
  return multiply(call, call.format == half_format::bf16 ? CUDA_R_16BF : CUDA_R_16F, CUBLAS_COMPUTE_32F);
}

}  // namespace dunlin::cuda
