// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace dunlin::flight::simd {

/// Whether a factor of `gemm` is taken as stored or transposed.
enum class factor : bool { as_stored, transposed };

/// The sizes of a product: the result is `rows` x `columns`, summed over `inner`.
struct product_shape {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t inner = 0;
};

/// Sets `c = op(a) * op(b) + keep * c`, by OpenBLAS on the calling thread alone: parallel work comes
/// from running many tasks, and a task never takes a core it was not given.
/// Shape: op(a) [rows, inner], op(b) [inner, columns], c [rows, columns]; all row-major and dense.
/// Thread: any.
void gemm(factor op_a, factor op_b, const product_shape& shape, std::span<const float> a, std::span<const float> b,
          float keep, std::span<float> c) noexcept;

}  // namespace dunlin::flight::simd
