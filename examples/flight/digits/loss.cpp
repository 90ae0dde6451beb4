// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/loss.hpp"

#include <algorithm>
#include <cmath>

#include "examples/flight/simd/activation.hpp"

namespace dunlin::flight::digits {

void softmax(std::span<float> scores, std::size_t columns) noexcept {
  // A row is shorter than a vector; the exponentials, which cost most, are taken over all rows at once.
  for (std::size_t at = 0; at < scores.size(); at += columns) {
    const auto row = scores.subspan(at, columns);
    const float highest = *std::max_element(row.begin(), row.end());
    for (float& score : row) score -= highest;
  }
  simd::exponential(scores);
  for (std::size_t at = 0; at < scores.size(); at += columns) {
    const auto row = scores.subspan(at, columns);
    float sum = 0;
    for (const float value : row) sum += value;
    for (float& value : row) value /= sum;
  }
}

float cross_entropy(std::span<const float> probabilities, std::span<const std::uint8_t> labels, std::size_t columns,
                    float smoothing, std::span<float> gradient) noexcept {
  constexpr float smallest = 1e-30f;  // keeps the logarithm finite
  const float spread = smoothing / static_cast<float>(columns);
  const float share = 1.0f / static_cast<float>(labels.size());
  double loss = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const bool right = i % columns == labels[i / columns];
    const float wanted = spread + (right ? 1.0f - smoothing : 0.0f);
    if (wanted > 0) loss -= wanted * std::log(std::max(probabilities[i], smallest));
    gradient[i] = (probabilities[i] - wanted) * share;
  }
  return static_cast<float>(loss) * share;
}

}  // namespace dunlin::flight::digits
