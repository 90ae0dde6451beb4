// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin {

/// Kernels as plain loops on the calling thread: what is left when nothing else works, and what the others are
/// compared with.
class DUNLIN_EXPORT scalar_backend final : public kernel_backend {
 public:
  [[nodiscard]] std::string name() const override { return "scalar"; }

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
};

}  // namespace dunlin
