// SPDX-License-Identifier: Apache-2.0
// Private to the SIMD backend: see elementwise.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dunlin::simd {

/// Finds the `k` largest of `count` scores, the largest first, of equal ones the first. `values` and `indices` hold `k`
/// each; k is at most `count`.
void top_k(const float* scores, std::size_t count, std::uint32_t k, float* values, std::uint32_t* indices);

}  // namespace dunlin::simd
