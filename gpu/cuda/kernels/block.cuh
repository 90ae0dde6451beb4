// SPDX-License-Identifier: Apache-2.0
// What the threads of one block do together. Every thread of the block comes here, or none.
#pragma once

#include <cstdint>

namespace dunlin::cuda {

constexpr unsigned int warp_size = 32;
constexpr unsigned int all_lanes = 0xffffffffU;

/// Calls `visit` with each index below `count` once, over all threads of the grid: neighbours take neighbouring
/// numbers, and each thread has four loads under way before it needs the first.
template <class Visit>
__device__ void for_each_index(std::uint64_t count, Visit visit) {
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
#pragma unroll 4
  for (std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += stride)
    visit(i);
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
