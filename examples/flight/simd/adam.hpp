// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace dunlin::flight::simd {

/// What one Adam step needs beside the vectors. The corrections are 1 - beta^t for step t >= 1.
/// Source: Kingma, Ba, "Adam: a method for stochastic optimization", algorithm 1; the decay is the
/// decoupled one of Loshchilov, Hutter, "Decoupled weight decay regularization", algorithm 2.
struct adam_rates {
  float rate = 1e-3f;
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
  float decay = 0.0f;  ///< share of a weight taken off, per unit of `rate`
  float correction1 = 1.0f;
  float correction2 = 1.0f;
};

/// Moves `weights` against `gradient` and updates both moments; all four have one size. Dispatched at
/// run time like the kernels of vector.hpp. Thread: any.
void adam_step(const adam_rates& rates, std::span<const float> gradient, std::span<float> weights,
               std::span<float> first_moment, std::span<float> second_moment) noexcept;

}  // namespace dunlin::flight::simd
