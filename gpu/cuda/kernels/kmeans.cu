// SPDX-License-Identifier: Apache-2.0
// Two kernels: a warp a point finds its nearest centroid, then a block a cluster adds up its points. No atomic
// additions: the same input has the same result.
#include "gpu/cuda/kernels/arguments.hpp"
#include "gpu/cuda/kernels/block.cuh"

namespace dunlin::cuda {

namespace {

__device__ float squared_distance(const float* point, const float* centroid, std::uint64_t dimensions) {
  float own = 0;
  for (std::uint64_t d = threadIdx.x % warp_size; d < dimensions; d += warp_size) {
    const float apart = point[d] - centroid[d];
    own += apart * apart;
  }
  return join_warp(own, plus{});
}

}  // namespace

extern "C" __global__ void dunlin_kmeans_assign(first_pass<kmeans_call> pass) {
  const kmeans_call& call = pass.call;
  const std::uint64_t warps = blockDim.x / warp_size;
  double distance = 0;
  // A block's warps go on together: those that have no point left come to the join as well.
  for (std::uint64_t i = blockIdx.x * warps + threadIdx.x / warp_size; i < call.count; i += gridDim.x * warps) {
    const float* point = call.points + i * call.dimensions;
    float least = squared_distance(point, call.centroids, call.dimensions);
    std::uint32_t nearest = 0;
    for (std::uint32_t cluster = 1; cluster < call.clusters; ++cluster) {
      const float here = squared_distance(point, call.centroids + cluster * call.dimensions, call.dimensions);
      if (here < least) {
        least = here;
        nearest = cluster;
      }
    }
    if (threadIdx.x % warp_size == 0) {
      call.nearest[i] = nearest;
      distance += static_cast<double>(least);
    }
  }
  const float sum = join_block(static_cast<float>(distance), plus{});
  if (threadIdx.x == 0) pass.partial[blockIdx.x] = sum;
}

/// `threadIdx.x` is a dimension, `threadIdx.y` a part of the points; blocks of one cluster go over all dimensions.
extern "C" __global__ void dunlin_kmeans_move(kmeans_call call) {
  __shared__ double sums[1024];
  __shared__ std::uint32_t members[32];
  const std::uint32_t cluster = blockIdx.x;
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.y) * blockDim.x;
  for (std::uint64_t first = static_cast<std::uint64_t>(blockIdx.y) * blockDim.x; first < call.dimensions;
       first += stride) {
    const std::uint64_t d = first + threadIdx.x;
    double sum = 0;
    std::uint32_t count = 0;
    for (std::uint64_t i = threadIdx.y; i < call.count; i += blockDim.y) {
      if (call.nearest[i] != cluster) continue;
      ++count;
      if (d < call.dimensions) sum += static_cast<double>(call.points[i * call.dimensions + d]);
    }
    __syncthreads();  // whoever still reads the sums of the dimensions before
    sums[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    if (threadIdx.x == 0) members[threadIdx.y] = count;
    __syncthreads();
    if (threadIdx.y != 0 || d >= call.dimensions) continue;
    for (unsigned int part = 1; part < blockDim.y; ++part) {
      sum += sums[part * blockDim.x + threadIdx.x];
      count += members[part];
    }
    // The first part's own count is every thread's: all of a part see the same points.
    if (count > 0) call.centroids[cluster * call.dimensions + d] = static_cast<float>(sum / count);
  }
}

}  // namespace dunlin::cuda
