// SPDX-License-Identifier: Apache-2.0
// Many numbers to one. Two passes over fixed parts, without atomic additions: the same input has the same result.
#include "gpu/cuda/kernels/arguments.hpp"
#include "gpu/cuda/kernels/block.cuh"

namespace dunlin::cuda {

namespace {

/// A thread may have many numbers: their sum is in double precision, which costs nothing beside reading them.
__device__ float sum_all(std::uint64_t count, const float* x) {
  double own = 0;
  for_each_four(
      count, is_wide(x),
      [&](std::uint64_t i) {
        const float4 a = reinterpret_cast<const float4*>(x)[i];
        own += (static_cast<double>(a.x) + static_cast<double>(a.y)) +
               (static_cast<double>(a.z) + static_cast<double>(a.w));
      },
      [&](std::uint64_t i) { own += static_cast<double>(x[i]); });
  return join_block(static_cast<float>(own), plus{});
}

__device__ float dot_all(std::uint64_t count, const float* x, const float* y) {
  const auto product = [](float a, float b) { return static_cast<double>(a) * static_cast<double>(b); };
  double own = 0;
  for_each_four(
      count, is_wide(x) && is_wide(y),
      [&](std::uint64_t i) {
        const float4 a = reinterpret_cast<const float4*>(x)[i];
        const float4 b = reinterpret_cast<const float4*>(y)[i];
        own += (product(a.x, b.x) + product(a.y, b.y)) + (product(a.z, b.z) + product(a.w, b.w));
      },
      [&](std::uint64_t i) { own += product(x[i], y[i]); });
  return join_block(static_cast<float>(own), plus{});
}

__device__ float largest_of_all(std::uint64_t count, const float* x) {
  const larger join{};
  float own = larger::zero();
  for_each_four(
      count, is_wide(x),
      [&](std::uint64_t i) {
        const float4 a = reinterpret_cast<const float4*>(x)[i];
        own = join(own, join(join(a.x, a.y), join(a.z, a.w)));
      },
      [&](std::uint64_t i) { own = join(own, x[i]); });
  return join_block(own, join);
}

/// What is left of a row: its largest number and the sum of exp(x - largest).
struct row_state {
  float largest;
  float sum;
};

__device__ row_state scan_row(const float* x, std::uint64_t columns) {
  row_state own{-INFINITY, 0};
  for (std::uint64_t column = threadIdx.x; column < columns; column += blockDim.x) {
    const float value = x[column];
    if (value == -INFINITY) continue;  // adds nothing, and less infinity it is no number
    if (value > own.largest) {
      own.sum *= expf(own.largest - value);
      own.largest = value;
    }
    own.sum += expf(value - own.largest);
  }
  row_state row{};
  row.largest = join_block(own.largest, larger{});
  // A thread without a number has no sum either, and infinity less infinity is no number.
  row.sum = join_block(own.sum > 0 ? own.sum * expf(own.largest - row.largest) : own.sum, plus{});
  return row;
}

}  // namespace

extern "C" __global__ void dunlin_sum(first_pass<sum_call> pass) {
  const float sum = sum_all(pass.call.count, pass.call.x);
  if (threadIdx.x == 0) pass.partial[blockIdx.x] = sum;
}

extern "C" __global__ void dunlin_dot(first_pass<dot_call> pass) {
  const float sum = dot_all(pass.call.count, pass.call.x, pass.call.y);
  if (threadIdx.x == 0) pass.partial[blockIdx.x] = sum;
}

extern "C" __global__ void dunlin_maximum(first_pass<maximum_call> pass) {
  const float most = largest_of_all(pass.call.count, pass.call.x);
  if (threadIdx.x == 0) pass.partial[blockIdx.x] = most;
}

extern "C" __global__ void dunlin_join_sums(last_pass pass) {
  const float sum = sum_all(pass.count, pass.partial);
  if (threadIdx.x == 0) *pass.out = sum;
}

extern "C" __global__ void dunlin_join_maxima(last_pass pass) {
  const float most = largest_of_all(pass.count, pass.partial);
  if (threadIdx.x == 0) *pass.out = most;
}

/// A thread a column, so that a warp reads whole lines; the grid's second dimension divides the rows.
extern "C" __global__ void dunlin_column_sums(column_chunks part) {
  const std::uint64_t each = (part.rows + gridDim.y - 1) / gridDim.y;
  const std::uint64_t first = blockIdx.y * each;
  const std::uint64_t end = first + each < part.rows ? first + each : part.rows;
  for_each_index(part.columns, [&](std::uint64_t column) {
    double sum = 0;
    for (std::uint64_t row = first; row < end; ++row) sum += static_cast<double>(part.x[row * part.columns + column]);
    part.partial[blockIdx.y * part.columns + column] = static_cast<float>(sum);
  });
}

/// A block a row, two readings: one finds the largest and the sum together.
extern "C" __global__ void dunlin_softmax(softmax_call call) {
  for (std::uint64_t row = blockIdx.x; row < call.rows; row += gridDim.x) {
    const float* x = call.x + row * call.columns;
    float* out = call.out + row * call.columns;
    const row_state state = scan_row(x, call.columns);
    for (std::uint64_t column = threadIdx.x; column < call.columns; column += blockDim.x)
      out[column] = expf(x[column] - state.largest) / state.sum;
  }
}

}  // namespace dunlin::cuda
