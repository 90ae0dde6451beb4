// SPDX-License-Identifier: Apache-2.0
// A block a row. Each thread holds the best of its own columns; whose number was taken looks for its next one, so that
// a row is read once and a part of it, a 256th, for each number taken.
#include "gpu/cuda/kernels/arguments.hpp"
#include "gpu/cuda/kernels/block.cuh"

namespace dunlin::cuda {

namespace {

struct candidate {
  float value;
  std::uint32_t column;
};

constexpr std::uint32_t no_column = 0xffffffffU;

/// Whether `a` stands before `b`: it is larger, or as large and further to the left. Those that are no numbers come
/// last, so that all threads agree.
__device__ bool is_before(const candidate& a, const candidate& b) {
  if (a.column == no_column || b.column == no_column) return b.column == no_column && a.column != no_column;
  if (a.value != a.value || b.value != b.value)
    return a.value != a.value ? b.value != b.value && a.column < b.column : true;
  return a.value > b.value || (a.value == b.value && a.column < b.column);
}

__device__ candidate best_of_warp(candidate own) {
  for (unsigned int step = warp_size / 2; step > 0; step /= 2) {
    const candidate other{__shfl_xor_sync(all_lanes, own.value, static_cast<int>(step)),
                          __shfl_xor_sync(all_lanes, own.column, static_cast<int>(step))};
    if (is_before(other, own)) own = other;
  }
  return own;
}

__device__ candidate best_of_block(candidate own) {
  __shared__ candidate of_warps[warp_size];
  const unsigned int lane = threadIdx.x % warp_size;
  own = best_of_warp(own);
  __syncthreads();  // whoever still reads what an earlier call left
  if (lane == 0) of_warps[threadIdx.x / warp_size] = own;
  __syncthreads();
  return best_of_warp(lane < blockDim.x / warp_size ? of_warps[lane] : candidate{0, no_column});
}

/// The best of this thread's columns that stands behind `last`; any, if there is no last one.
__device__ candidate next_of_thread(const float* row, std::uint64_t columns, const candidate& last) {
  candidate best{0, no_column};
  for (std::uint64_t column = threadIdx.x; column < columns; column += blockDim.x) {
    const candidate here{row[column], static_cast<std::uint32_t>(column)};
    if ((last.column == no_column || is_before(last, here)) && is_before(here, best)) best = here;
  }
  return best;
}

}  // namespace

extern "C" __global__ void dunlin_top_k(top_k_call call) {
  for (std::uint64_t row = blockIdx.x; row < call.rows; row += gridDim.x) {
    const float* scores = call.scores + row * call.columns;
    candidate own = next_of_thread(scores, call.columns, candidate{0, no_column});
    for (std::uint32_t rank = 0; rank < call.k; ++rank) {
      const candidate taken = best_of_block(own);
      if (threadIdx.x == 0) {
        call.values[row * call.k + rank] = taken.value;
        call.indices[row * call.k + rank] = taken.column;
      }
      if (own.column == taken.column) own = next_of_thread(scores, call.columns, taken);
    }
  }
}

}  // namespace dunlin::cuda
