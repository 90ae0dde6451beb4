// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cublas_handles.hpp"

namespace dunlin::cuda {

cublas_handles::~cublas_handles() {
  for (auto* handle : spare_) cublas_->destroy(handle);
}

result<cublasHandle_t> cublas_handles::take(const cublas_calls& cublas, const gpu_context& context) {
  if (context.green_handle() == nullptr) {
    const std::lock_guard lock{mutex_};
    if (!spare_.empty()) {
      auto* handle = spare_.back();
      spare_.pop_back();
      return handle;
    }
  }
  cublasHandle_t handle = nullptr;
  if (auto made = check(cublas, cublas.create(&handle), "cublasCreate"); !made) return fail(std::move(made.error()));
  return handle;
}

void cublas_handles::give_back(const cublas_calls& cublas, const gpu_context& context, cublasHandle_t handle) {
  if (context.green_handle() != nullptr) {
    cublas.destroy(handle);
    return;
  }
  const std::lock_guard lock{mutex_};
  cublas_ = &cublas;
  spare_.push_back(handle);
}

}  // namespace dunlin::cuda
