// SPDX-License-Identifier: Apache-2.0
// What every kernel should compute, in double precision and straight from its definition.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "gpu/kernels/calls.hpp"

namespace dunlin::testing::reference {

using numbers = std::vector<double>;

[[nodiscard]] numbers axpy(const axpy_call& call);
[[nodiscard]] numbers scale(const scale_call& call);
[[nodiscard]] numbers add(const add_call& call);
[[nodiscard]] numbers multiply(const multiply_call& call);
[[nodiscard]] numbers bias_relu(const bias_relu_call& call);
[[nodiscard]] numbers relu_backward(const relu_backward_call& call);
[[nodiscard]] double sum(const sum_call& call);
[[nodiscard]] double maximum(const maximum_call& call);
[[nodiscard]] double dot(const dot_call& call);
[[nodiscard]] numbers column_sums(const column_sums_call& call);
[[nodiscard]] numbers softmax(const softmax_call& call);
[[nodiscard]] numbers cross_entropy_gradient(const cross_entropy_gradient_call& call);
/// Returns the indices of the `k` largest of one row.
[[nodiscard]] std::vector<std::uint32_t> top_k(const float* scores, std::uint64_t columns, std::uint32_t k);
[[nodiscard]] numbers gemm(const gemm_call& call);
[[nodiscard]] double squared_distance(const float* x, const float* y, std::uint64_t count);
/// Returns real and imaginary parts in turn.
[[nodiscard]] numbers gate(const gate_call& call);
/// Returns the new weights.
[[nodiscard]] numbers adam(const adam_call& call);

}  // namespace dunlin::testing::reference
