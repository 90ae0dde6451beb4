// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/core_team.hpp"
#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin {

/// Kernels on the processor: OpenBLAS for matrix products, Highway for the rest, each over the cores of a team. The
/// instruction set is chosen when the program runs. Products also fail with not_supported where OpenBLAS is missing.
class DUNLIN_EXPORT simd_backend final : public kernel_backend {
 public:
  /// `team` outlives the backend.
  explicit simd_backend(core_team& team) noexcept : team_(team) {}

  /// Returns `simd` and the instruction set, such as `simd AVX2`.
  [[nodiscard]] std::string name() const override;

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
  core_team& team_;
};

/// Returns the names of the instruction sets that this build has code for and this processor can run, the best first.
DUNLIN_EXPORT std::vector<std::string> simd_targets();

/// Has every SIMD kernel of this process use no better instruction set than this one from now on; false if it cannot
/// run it, and the best is used. Empty = the best again. Meant for tests and for comparing.
DUNLIN_EXPORT bool limit_simd(const std::string& target);

}  // namespace dunlin
