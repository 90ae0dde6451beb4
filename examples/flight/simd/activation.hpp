// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

/// Element-wise kernels of a network's layers, dispatched at run time like those of vector.hpp.
/// Thread: any.
namespace dunlin::flight::simd {

/// Replaces negative values by zero.
void relu(std::span<float> x) noexcept;

/// Zeroes each `gradient[i]` whose activation is not positive; both have one size.
void relu_backward(std::span<const float> activation, std::span<float> gradient) noexcept;

/// Replaces each value by its exponential.
void exponential(std::span<float> x) noexcept;

}  // namespace dunlin::flight::simd
