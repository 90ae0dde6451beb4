// SPDX-License-Identifier: Apache-2.0
// Lets the processor run the source of CUDA kernels: each thread of a block is a fiber, barriers and shuffles switch
// between them. One block runs at a time, on one host thread. Include it before the kernels' source.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>

// NOLINTBEGIN(bugprone-reserved-identifier): CUDA's own names
#define __global__
#define __device__
#define __shared__ static  // one block at a time
// NOLINTEND(bugprone-reserved-identifier)

struct float2 {
  float x;
  float y;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
struct alignas(16) float4 {
  float x;
  float y;
  float z;
  float w;
};
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

struct alignas(8) uint2 {
  std::uint32_t x;
  std::uint32_t y;
};
inline uint2 make_uint2(std::uint32_t x, std::uint32_t y) { return {x, y}; }

struct place_in_grid {
  unsigned int x = 0;
  unsigned int y = 0;
  unsigned int z = 0;
};
struct size_of_grid {
  unsigned int x = 1;
  unsigned int y = 1;
  unsigned int z = 1;
};

namespace dunlin::testing {

/// Runs `body` once for each thread of each block. Fails the running test if a block's threads wait for each other
/// for ever, as those do of which some miss a barrier.
void run_grid(size_of_grid grid, size_of_grid block, const std::function<void()>& body);

/// The place of the fiber that runs.
inline thread_local place_in_grid here_thread;
inline thread_local place_in_grid here_block;
inline thread_local size_of_grid here_block_size;
inline thread_local size_of_grid here_grid_size;

void wait_for_block();
/// Gives this thread's bits to its warp and returns those of the lane `other`.
std::uint32_t exchange_in_warp(std::uint32_t bits, unsigned int other);

}  // namespace dunlin::testing

#define threadIdx dunlin::testing::here_thread
#define blockIdx dunlin::testing::here_block
#define blockDim dunlin::testing::here_block_size
#define gridDim dunlin::testing::here_grid_size

// NOLINTBEGIN(bugprone-reserved-identifier): CUDA's own names
inline void __syncthreads() { dunlin::testing::wait_for_block(); }

template <class T>
T __shfl_xor_sync(unsigned int, T value, int lane_bits) {
  static_assert(sizeof(T) == 4);
  const auto lane = (threadIdx.x + threadIdx.y * blockDim.x) % 32;
  const auto bits = dunlin::testing::exchange_in_warp(__builtin_bit_cast(std::uint32_t, value),
                                                      lane ^ static_cast<unsigned int>(lane_bits));
  return __builtin_bit_cast(T, bits);
}
// NOLINTEND(bugprone-reserved-identifier)
