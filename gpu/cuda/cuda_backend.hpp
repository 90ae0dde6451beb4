// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <memory_resource>

#include "gpu/cuda/kernel_code.hpp"
#include "gpu/cuda/matrix_products.hpp"
#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin::cuda {

struct column_chunks;

/// What the kernels of one stream work with. All of it outlives them.
struct backend_parts {
  std::shared_ptr<kernel_code> code;
  const stream* on = nullptr;
  std::pmr::memory_resource* memory = nullptr;  ///< the device's, for what passes leave each other
  const cublas_calls* cublas = nullptr;         ///< null = as found on this machine
  std::shared_ptr<cublas_handles> handles = std::make_shared<cublas_handles>();
  std::uint64_t workspace_bytes = std::uint64_t{32} << 20;  ///< of `memory`, for products
  product_precision usual_precision = product_precision::fp32;
  std::function<result<void>()> may_run = {};  ///< asked before each call; empty = it always may
};

/// Kernels on a GPU, each put into one stream and done when that comes to it: pointers are into the device's memory,
/// and a fault shows where the stream is waited for. Thread: one at a time, with the stream's context current.
class cuda_backend final : public kernel_backend {
 public:
  explicit cuda_backend(backend_parts parts) noexcept : parts_(std::move(parts)) {}
  ~cuda_backend() override;
  cuda_backend(const cuda_backend&) = delete;
  cuda_backend& operator=(const cuda_backend&) = delete;

  [[nodiscard]] std::string name() const override { return "cuda"; }

  /// Takes what kernels need beside their arguments now rather than when one needs it: buffers between passes, and a
  /// workspace for products where there is cuBLAS and memory for it.
  result<void> prepare();

 protected:
  result<void> perform(const axpy_call& call) override;
  result<void> perform(const scale_call& call) override;
  result<void> perform(const add_call& call) override;
  result<void> perform(const multiply_call& call) override;
  result<void> perform(const bias_relu_call& call) override;
  result<void> perform(const relu_backward_call& call) override;
  result<void> perform(const sum_call& call) override;
  result<void> perform(const maximum_call& call) override;
  result<void> perform(const dot_call& call) override;
  result<void> perform(const column_sums_call& call) override;
  result<void> perform(const softmax_call& call) override;
  result<void> perform(const cross_entropy_gradient_call& call) override;
  result<void> perform(const top_k_call& call) override;
  result<void> perform(const gemm_call& call) override;
  result<void> perform(const narrow_call& call) override;
  result<void> perform(const widen_call& call) override;
  result<void> perform(const half_gemm_call& call) override;
  result<void> perform(const kmeans_call& call) override;
  result<void> perform(const gate_call& call) override;
  result<void> perform(const adam_call& call) override;

 private:
  template <class Argument>
  result<void> launch(const char* kernel, const launch_shape& shape, const Argument& argument);
  template <class Call>
  result<void> launch_each(const char* kernel, std::uint64_t count, const Call& call);
  template <class Call>
  result<void> reduce(const char* first, const char* last, const Call& call);
  template <class Call>
  result<void> multiply(const Call& call);
  result<void> sum_columns(const column_chunks& part, std::uint32_t parts);
  [[nodiscard]] std::uint32_t blocks_for(std::uint64_t count) const;
  [[nodiscard]] std::uint32_t blocks_for_rows(std::uint64_t rows) const;
  result<float*> partial();
  result<matrix_products*> products();

  backend_parts parts_;
  float* partial_ = nullptr;  ///< `[most_partial]`, once a reduction was asked for
  void* workspace_ = nullptr;
  std::unique_ptr<matrix_products> products_;  ///< once a product was asked for
};

}  // namespace dunlin::cuda
