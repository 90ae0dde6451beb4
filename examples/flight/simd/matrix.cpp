// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/simd/matrix.hpp"

#include <cblas.h>

namespace dunlin::flight::simd {
namespace {

/// Tells OpenBLAS once to stay on the calling thread; by default it takes every core of the machine.
void stay_on_this_thread() noexcept {
  static const bool told = (openblas_set_num_threads(1), true);
  static_cast<void>(told);
}

}  // namespace

void gemm(factor op_a, factor op_b, const product_shape& shape, std::span<const float> a, std::span<const float> b,
          float keep, std::span<float> c) noexcept {
  stay_on_this_thread();
  const bool turn_a = op_a == factor::transposed;
  const bool turn_b = op_b == factor::transposed;
  const auto rows = static_cast<int>(shape.rows);
  const auto columns = static_cast<int>(shape.columns);
  const auto inner = static_cast<int>(shape.inner);
  cblas_sgemm(CblasRowMajor, turn_a ? CblasTrans : CblasNoTrans, turn_b ? CblasTrans : CblasNoTrans, rows, columns,
              inner, 1.0f, a.data(), turn_a ? rows : inner, b.data(), turn_b ? inner : columns, keep, c.data(),
              columns);
}

}  // namespace dunlin::flight::simd
