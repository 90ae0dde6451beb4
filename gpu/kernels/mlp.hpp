// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin {

/// One layer of a multi-layer perceptron and the buffers that its training takes, all in the backend's memory. Every
/// layer cuts below zero but the last, whose output becomes probabilities.
struct mlp_layer {
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  float* weights = nullptr;          ///< `[inputs, outputs]`
  float* bias = nullptr;             ///< `[outputs]`
  float* output = nullptr;           ///< `[batch, outputs]`
  float* gradient = nullptr;         ///< of the output, `[batch, outputs]`; for training
  float* weight_gradient = nullptr;  ///< `[inputs, outputs]`; for training
  float* bias_gradient = nullptr;    ///< `[outputs]`; for training
};

/// Computes every layer's output for `x`, `[batch, inputs of the first layer]`; the last one's are the probabilities of
/// each class. Errors: invalid_argument (no layers, widths that do not fit, and those of the kernels).
DUNLIN_EXPORT result<void> mlp_forward(kernel_backend& backend, std::uint64_t batch, const float* x,
                                       std::span<const mlp_layer> layers);

/// Computes the gradients of the mean cross entropy after `mlp_forward` of the same batch. `labels`: `[batch]`.
DUNLIN_EXPORT result<void> mlp_backward(kernel_backend& backend, std::uint64_t batch, const float* x,
                                        const std::uint32_t* labels, std::span<const mlp_layer> layers);

}  // namespace dunlin
