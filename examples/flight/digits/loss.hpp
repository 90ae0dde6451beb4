// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dunlin::flight::digits {

/// Turns each row of `scores` into probabilities that sum to 1. Shape: [rows, columns], row-major.
void softmax(std::span<float> scores, std::size_t columns) noexcept;

/// Returns the mean cross-entropy between `probabilities` and the labels, of which `smoothing` is
/// spread evenly over all classes, and writes the gradient of that mean by the scores before softmax.
/// Shape: probabilities and gradient [labels, columns], row-major. Units: nats.
float cross_entropy(std::span<const float> probabilities, std::span<const std::uint8_t> labels, std::size_t columns,
                    float smoothing, std::span<float> gradient) noexcept;

}  // namespace dunlin::flight::digits
