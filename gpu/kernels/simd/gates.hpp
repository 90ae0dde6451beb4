// SPDX-License-Identifier: Apache-2.0
// Private to the SIMD backend: see elementwise.hpp.
#pragma once

#include <cstddef>

#include "gpu/kernels/calls.hpp"

namespace dunlin::simd {

/// Returns how many pieces of equal size a gate's work has; any of them may be done by any thread.
std::size_t gate_pieces(const gate_call& call);
/// Does the pieces [from, to).
void gate(const gate_call& call, std::size_t from, std::size_t to);

}  // namespace dunlin::simd
