// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/result.hpp"
#include "gpu/kernels/calls.hpp"

namespace dunlin {

/// Runs kernels one way: on a GPU, with SIMD, or in plain loops. Each call is checked, then run; on a GPU it is queued
/// on the backend's stream. Errors of each: invalid_argument (a null pointer, sizes that do not fit), and those of the
/// device. Thread: one at a time.
class DUNLIN_EXPORT kernel_backend {
 public:
  virtual ~kernel_backend() = default;

  /// Returns what runs them, such as `simd avx2` or `scalar`.
  [[nodiscard]] virtual std::string name() const = 0;

  template <class Call>
  result<void> run(const Call& call) {
    if (auto fits = check(call); !fits) return fits;
    return perform(call);
  }

 protected:
  virtual result<void> perform(const axpy_call& call) = 0;
  virtual result<void> perform(const scale_call& call) = 0;
  virtual result<void> perform(const add_call& call) = 0;
  virtual result<void> perform(const multiply_call& call) = 0;
  virtual result<void> perform(const bias_relu_call& call) = 0;
  virtual result<void> perform(const relu_backward_call& call) = 0;
  virtual result<void> perform(const sum_call& call) = 0;
  virtual result<void> perform(const maximum_call& call) = 0;
  virtual result<void> perform(const dot_call& call) = 0;
  virtual result<void> perform(const column_sums_call& call) = 0;
  virtual result<void> perform(const softmax_call& call) = 0;
  virtual result<void> perform(const cross_entropy_gradient_call& call) = 0;
  virtual result<void> perform(const top_k_call& call) = 0;
  virtual result<void> perform(const gemm_call& call) = 0;
  virtual result<void> perform(const narrow_call& call) = 0;
  virtual result<void> perform(const widen_call& call) = 0;
  virtual result<void> perform(const half_gemm_call& call) = 0;
  virtual result<void> perform(const kmeans_call& call) = 0;
  virtual result<void> perform(const gate_call& call) = 0;
  virtual result<void> perform(const adam_call& call) = 0;

  /// For backends that can read the labels. Errors: invalid_argument (a label that has no column).
  static result<void> check_labels(const cross_entropy_gradient_call& call);

 private:
  static result<void> check(const axpy_call& call);
  static result<void> check(const scale_call& call);
  static result<void> check(const add_call& call);
  static result<void> check(const multiply_call& call);
  static result<void> check(const bias_relu_call& call);
  static result<void> check(const relu_backward_call& call);
  static result<void> check(const sum_call& call);
  static result<void> check(const maximum_call& call);
  static result<void> check(const dot_call& call);
  static result<void> check(const column_sums_call& call);
  static result<void> check(const softmax_call& call);
  static result<void> check(const cross_entropy_gradient_call& call);
  static result<void> check(const top_k_call& call);
  static result<void> check(const gemm_call& call);
  static result<void> check(const narrow_call& call);
  static result<void> check(const widen_call& call);
  static result<void> check(const half_gemm_call& call);
  static result<void> check(const kmeans_call& call);
  static result<void> check(const gate_call& call);
  static result<void> check(const adam_call& call);
};

}  // namespace dunlin
