// SPDX-License-Identifier: Apache-2.0
// What kernels take beside their call: each has one argument, a plain struct by value. C++17, for CUDA sources.
#pragma once

#include <cstdint>

#include "gpu/kernels/calls.hpp"

namespace dunlin::cuda {

/// The first of two passes: each block leaves what it has found in `partial`, `[blocks]`.
template <class Call>
struct first_pass {
  Call call;
  float* partial;
};

/// The second: one block joins them.
struct last_pass {
  std::uint64_t count;
  const float* partial;
  float* out;
};

/// Sums of columns over some of the rows. Shape: `partial` `[gridDim.y, columns]`.
struct column_chunks {
  std::uint64_t rows;
  std::uint64_t columns;
  const float* x;
  float* partial;
};

}  // namespace dunlin::cuda
