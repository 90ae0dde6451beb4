// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

/// Vector kernels that all kinds share. Each is compiled for every instruction set the compiler
/// knows and picks the best one of the running machine at the first call. Spans that belong together
/// have the same size; any size and alignment will do. Thread: any.
namespace dunlin::flight::simd {

/// Returns the sum of `x[i] * y[i]`.
float dot(std::span<const float> x, std::span<const float> y) noexcept;

/// Returns the sum of `(x[i] - y[i])²`.
float squared_distance(std::span<const float> x, std::span<const float> y) noexcept;

/// Adds `factor * x[i]` to each `y[i]`.
void axpy(float factor, std::span<const float> x, std::span<float> y) noexcept;

/// Multiplies each `x[i]` by `factor`.
void scale(float factor, std::span<float> x) noexcept;

/// Multiplies each `y[i]` by `x[i]`.
void multiply(std::span<const float> x, std::span<float> y) noexcept;

/// Divides `x` by its Euclidean length; leaves a zero vector as it is.
void normalise(std::span<float> x) noexcept;

/// Returns the name of the instruction set in use, such as "AVX2".
const char* instruction_set() noexcept;

}  // namespace dunlin::flight::simd
