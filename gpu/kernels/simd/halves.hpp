// SPDX-License-Identifier: Apache-2.0
// Private to the SIMD backend: see elementwise.hpp.
#pragma once

#include <cstddef>

#include "gpu/kernels/calls.hpp"

namespace dunlin::simd {

void narrow(const narrow_call& call, std::size_t from, std::size_t to);
void widen(const widen_call& call, std::size_t from, std::size_t to);

}  // namespace dunlin::simd
