// SPDX-License-Identifier: Apache-2.0
// What a kernel is asked to do: plain structs of sizes and pointers, the same for every backend. Pointers are into the
// memory of the device that runs the kernel; matrices are row-major and without gaps; nothing overlaps unless it says
// so. C++17 without the library's other headers, because CUDA sources include it.
#pragma once

#include <cstdint>

namespace dunlin {

/// y += factor * x. Shape: `[count]`.
struct axpy_call {
  std::uint64_t count = 0;
  float factor = 1;
  const float* x = nullptr;
  float* y = nullptr;
};

/// out = factor * x; `out` may be `x`. Shape: `[count]`.
struct scale_call {
  std::uint64_t count = 0;
  float factor = 1;
  const float* x = nullptr;
  float* out = nullptr;
};

/// out = x + y; `out` may be either. Shape: `[count]`.
struct add_call {
  std::uint64_t count = 0;
  const float* x = nullptr;
  const float* y = nullptr;
  float* out = nullptr;
};

/// out = x * y, element by element; `out` may be either. Shape: `[count]`.
struct multiply_call {
  std::uint64_t count = 0;
  const float* x = nullptr;
  const float* y = nullptr;
  float* out = nullptr;
};

/// out = max(x + bias of the column, 0), or without the cut if `is_cut` is false; `out` may be `x`.
/// Shape: `x`, `out` `[rows, columns]`, `bias` `[columns]`.
struct bias_relu_call {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  const float* x = nullptr;
  const float* bias = nullptr;
  float* out = nullptr;
  bool is_cut = true;
};

/// gradient = 0 where the output of the cut was 0. Shape: `[count]`.
struct relu_backward_call {
  std::uint64_t count = 0;
  const float* output = nullptr;
  float* gradient = nullptr;
};

/// out = the sum of all x. Shape: `x` `[count]`, `out` `[1]`.
struct sum_call {
  std::uint64_t count = 0;
  const float* x = nullptr;
  float* out = nullptr;
};

/// out = the largest x. Shape: `x` `[count]`, `out` `[1]`.
struct maximum_call {
  std::uint64_t count = 0;
  const float* x = nullptr;
  float* out = nullptr;
};

/// out = the sum of all x * y. Shape: `x`, `y` `[count]`, `out` `[1]`.
struct dot_call {
  std::uint64_t count = 0;
  const float* x = nullptr;
  const float* y = nullptr;
  float* out = nullptr;
};

/// out = the sum of each column. Shape: `x` `[rows, columns]`, `out` `[columns]`.
struct column_sums_call {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  const float* x = nullptr;
  float* out = nullptr;
};

/// out = exp(x) / the sum of exp(x), for each row; `out` may be `x`. Shape: `[rows, columns]`.
struct softmax_call {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  const float* x = nullptr;
  float* out = nullptr;
};

/// gradient = (probabilities - one at the label) / rows; `gradient` may be `probabilities`.
/// Shape: `[rows, columns]`, `labels` `[rows]`, each below `columns`.
struct cross_entropy_gradient_call {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  const float* probabilities = nullptr;
  const std::uint32_t* labels = nullptr;
  float* gradient = nullptr;
};

/// The `k` largest of each row, the largest first, of equal ones the first. Shape: `scores` `[rows, columns]`,
/// `values`, `indices` `[rows, k]`, k at most `columns`.
struct top_k_call {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint32_t k = 0;
  const float* scores = nullptr;
  float* values = nullptr;
  std::uint32_t* indices = nullptr;
};

/// How exact a product has to be: what its factors may be rounded to. Sums are in single precision. The processor has
/// no faster way than `fp32` and rounds nothing.
enum class product_precision : std::uint8_t {
  usual,  ///< what the node is set to for its GPUs (`gpu_settings`); fp32 on a processor
  fp32,   ///< nothing is rounded
  tf32,   ///< 10 bits, the range of fp32; on tensor cores
  bf16,   ///< 7 bits, the range of fp32; on tensor cores
  fp16    ///< 10 bits, up to 65 504; on tensor cores
};

/// c = factor * op(a) * op(b) + keep * c. Shape: op(a) `[m, k]`, op(b) `[k, n]`, `c` `[m, n]`; a matrix that is
/// transposed lies as `[k, m]`, `[n, k]`.
struct gemm_call {
  std::uint64_t m = 0;
  std::uint64_t n = 0;
  std::uint64_t k = 0;
  float factor = 1;
  float keep = 0;
  const float* a = nullptr;
  const float* b = nullptr;
  float* c = nullptr;
  bool a_transposed = false;
  bool b_transposed = false;
  product_precision precision = product_precision::usual;
};

/// A number of 16 bits, as its bits.
enum class half_format : std::uint8_t {
  bf16,  ///< 7 bits, the range of fp32
  fp16   ///< 10 bits, up to 65 504
};

/// out = x, rounded to the nearest. Shape: `[count]`.
struct narrow_call {
  std::uint64_t count = 0;
  half_format format = half_format::bf16;
  const float* x = nullptr;
  std::uint16_t* out = nullptr;
};

/// out = x. Shape: `[count]`.
struct widen_call {
  std::uint64_t count = 0;
  half_format format = half_format::bf16;
  const std::uint16_t* x = nullptr;
  float* out = nullptr;
};

/// A product whose factors take half the memory: sums and `c` are in single precision. Shapes: as `gemm_call`.
struct half_gemm_call {
  std::uint64_t m = 0;
  std::uint64_t n = 0;
  std::uint64_t k = 0;
  float factor = 1;
  float keep = 0;
  const std::uint16_t* a = nullptr;
  const std::uint16_t* b = nullptr;
  float* c = nullptr;
  bool a_transposed = false;
  bool b_transposed = false;
  half_format format = half_format::bf16;
};

/// One step of k-means: each point joins the nearest centroid (of equally near ones the first), each centroid moves to
/// the mean of its points; one without points stays. Shape: `points` `[count, dimensions]`, `centroids`
/// `[clusters, dimensions]`, `nearest` `[count]`, `distance` `[1]`: the sum of squared distances before the move.
struct kmeans_call {
  std::uint64_t count = 0;
  std::uint64_t dimensions = 0;
  std::uint32_t clusters = 0;
  const float* points = nullptr;
  float* centroids = nullptr;
  std::uint32_t* nearest = nullptr;
  float* distance = nullptr;
};

/// Applies a 2 x 2 matrix to one qubit of a state vector, where the control is 1 if there is one. Shape: `state`
/// `[2^qubits]` complex numbers, real part first; qubit 0 is the lowest bit of the index.
struct gate_call {
  std::uint32_t qubits = 0;
  std::uint32_t target = 0;
  std::int32_t control = -1;                   ///< none
  float matrix[8] = {1, 0, 0, 0, 0, 0, 1, 0};  ///< row by row, real part first
  float* state = nullptr;
};

/// One step of Adam. Shape: `[count]` each. Source: Kingma, Ba: Adam, ICLR 2015, algorithm 1.
struct adam_call {
  std::uint64_t count = 0;
  std::uint64_t step = 1;  ///< from 1 on
  float learning_rate = 0.001F;
  float beta1 = 0.9F;
  float beta2 = 0.999F;
  float epsilon = 1e-8F;
  const float* gradient = nullptr;
  float* weights = nullptr;
  float* mean = nullptr;      ///< of gradients; zeros before the first step
  float* variance = nullptr;  ///< of gradients, not centred; zeros before the first step
};

}  // namespace dunlin
