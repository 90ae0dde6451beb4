// SPDX-License-Identifier: Apache-2.0
// A thread a pair of amplitudes that differ in the target qubit alone.
#include "gpu/cuda/kernels/arguments.hpp"
#include "gpu/cuda/kernels/block.cuh"

namespace dunlin::cuda {

namespace {

__device__ float2 times(const float* entry, const float2& a) {
  return make_float2(entry[0] * a.x - entry[1] * a.y, entry[0] * a.y + entry[1] * a.x);
}

__device__ float2 plus_of(const float2& a, const float2& b) { return make_float2(a.x + b.x, a.y + b.y); }

}  // namespace

extern "C" __global__ void dunlin_gate(gate_call call) {
  auto* state = reinterpret_cast<float2*>(call.state);
  const std::uint64_t bit = std::uint64_t{1} << call.target;
  for_each_index(std::uint64_t{1} << (call.qubits - 1), [&](std::uint64_t pair) {
    const std::uint64_t zero = ((pair & ~(bit - 1)) << 1) | (pair & (bit - 1));
    if (call.control >= 0 && ((zero >> call.control) & 1) == 0) return;
    const float2 low = state[zero];
    const float2 high = state[zero | bit];
    state[zero] = plus_of(times(call.matrix, low), times(call.matrix + 2, high));
    state[zero | bit] = plus_of(times(call.matrix + 4, low), times(call.matrix + 6, high));
  });
}

}  // namespace dunlin::cuda
