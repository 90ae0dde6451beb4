// SPDX-License-Identifier: Apache-2.0
// What the threads of one block do together. Every thread of the block comes here, or none.
#pragma once

#include <cstdint>

namespace dunlin::cuda {

constexpr unsigned int warp_size = 32;
constexpr unsigned int all_lanes = 0xffffffffU;

/// Calls `visit` with each index below `count` once, over all threads of the grid: neighbours take neighbouring
/// numbers.
template <class Visit>
__device__ void for_each_index(std::uint64_t count, Visit visit) {
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += stride)
    visit(i);
}

struct matrix_place {
  std::uint64_t row;
  std::uint64_t column;
};

/// Where the `i`-th number of a matrix stands. Division by 64 bits takes a GPU some hundred instructions, by 32 bits
/// twenty.
__device__ inline matrix_place place_of(std::uint64_t i, std::uint64_t columns) {
  if ((i | columns) >> 32 != 0) return {i / columns, i % columns};
  const auto row = static_cast<std::uint32_t>(i) / static_cast<std::uint32_t>(columns);
  return {row, i - row * columns};
}

/// Whether 16 bytes at once may be read and written there.
__device__ inline bool is_wide(const void* place) { return reinterpret_cast<std::uintptr_t>(place) % 16 == 0; }

/// Calls `four` with the index of each four numbers and `one` with those of the rest. A thread that reads 16 bytes at
/// once has enough under way to keep the memory busy; one that reads 4 has a quarter of it.
template <class Four, class One>
__device__ void for_each_four(std::uint64_t count, bool are_wide, Four four, One one) {
  const std::uint64_t fours = are_wide ? count / 4 : 0;
  for_each_index(fours, four);
  for_each_index(count - fours * 4, [&](std::uint64_t i) { one(fours * 4 + i); });
}

/// out = op(x), element by element; `out` may be `x`.
template <class Op>
__device__ void map(std::uint64_t count, const float* x, float* out, Op op) {
  for_each_four(
      count, is_wide(x) && is_wide(out),
      [&](std::uint64_t i) {
        const float4 a = reinterpret_cast<const float4*>(x)[i];
        reinterpret_cast<float4*>(out)[i] = make_float4(op(a.x), op(a.y), op(a.z), op(a.w));
      },
      [&](std::uint64_t i) { out[i] = op(x[i]); });
}

/// out = op(x, y), element by element; `out` may be either.
template <class Op>
__device__ void map(std::uint64_t count, const float* x, const float* y, float* out, Op op) {
  for_each_four(
      count, is_wide(x) && is_wide(y) && is_wide(out),
      [&](std::uint64_t i) {
        const float4 a = reinterpret_cast<const float4*>(x)[i];
        const float4 b = reinterpret_cast<const float4*>(y)[i];
        reinterpret_cast<float4*>(out)[i] = make_float4(op(a.x, b.x), op(a.y, b.y), op(a.z, b.z), op(a.w, b.w));
      },
      [&](std::uint64_t i) { out[i] = op(x[i], y[i]); });
}

struct plus {
  static __device__ float zero() { return 0; }
  __device__ float operator()(float a, float b) const { return a + b; }
};

struct larger {
  static __device__ float zero() { return -INFINITY; }
  // As the reference does: a number that is none wins.
  __device__ float operator()(float a, float b) const { return a > b || a != a ? a : b; }
};

/// Returns all lanes' values together, to each lane.
template <class Join>
__device__ float join_warp(float value, Join join) {
  for (unsigned int step = warp_size / 2; step > 0; step /= 2)
    value = join(value, __shfl_xor_sync(all_lanes, value, static_cast<int>(step)));
  return value;
}

/// Returns all threads' values together, to each thread. The block has a multiple of 32 threads, 1 024 at most.
template <class Join>
__device__ float join_block(float value, Join join) {
  __shared__ float of_warps[warp_size];
  const unsigned int lane = threadIdx.x % warp_size;
  const unsigned int warp = threadIdx.x / warp_size;
  value = join_warp(value, join);
  __syncthreads();  // whoever still reads what an earlier call left
  if (lane == 0) of_warps[warp] = value;
  __syncthreads();
  value = lane < blockDim.x / warp_size ? of_warps[lane] : Join::zero();
  return join_warp(value, join);
}

}  // namespace dunlin::cuda
