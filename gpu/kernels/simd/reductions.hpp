// SPDX-License-Identifier: Apache-2.0
// Private to the SIMD backend: see elementwise.hpp.
#pragma once

#include <cstddef>

#include "gpu/kernels/calls.hpp"

namespace dunlin::simd {

/// Sums are carried in double precision from one block of some thousand numbers to the next.
double sum(const float* x, std::size_t count);
double dot(const float* x, const float* y, std::size_t count);
double squared_distance(const float* x, const float* y, std::size_t count);
float maximum(const float* x, std::size_t count);

void column_sums(const column_sums_call& call, std::size_t from_column, std::size_t to_column);
void softmax(const softmax_call& call, std::size_t from_row, std::size_t to_row);

/// Returns the name of the instruction set that is used, such as `avx2`, as the code that it runs was compiled for.
const char* target();

}  // namespace dunlin::simd
