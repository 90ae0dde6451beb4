// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/network.hpp"

#include <algorithm>
#include <cmath>

#include "examples/flight/digits/loss.hpp"
#include "examples/flight/simd/activation.hpp"
#include "examples/flight/simd/matrix.hpp"
#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::digits {

using simd::factor;

network::network(std::span<const std::size_t> widths, seeded& random) {
  std::size_t used = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    const std::size_t weight_count = widths[i] * widths[i + 1];
    layers_.push_back({widths[i], widths[i + 1], used, used + weight_count});
    used += weight_count + widths[i + 1];
  }
  parameters_.assign(used, 0.0f);
  for (const layer& one : layers_) {
    const double deviation = std::sqrt(2.0 / static_cast<double>(one.inputs));
    for (std::size_t i = one.weights_at; i < one.biases_at; ++i)
      parameters_[i] = static_cast<float>(deviation * random.normal());
  }
}

std::span<const float> network::weights(const layer& of) const noexcept {
  return parameters().subspan(of.weights_at, of.inputs * of.outputs);
}

void network::propagate(std::size_t layer_index, std::span<const float> inputs, std::size_t rows,
                        activations& work) const {
  const layer& one = layers_[layer_index];
  auto& outputs = work.outputs[layer_index];
  outputs.resize(rows * one.outputs);
  const auto biases = parameters().subspan(one.biases_at, one.outputs);
  for (std::size_t row = 0; row < rows; ++row)
    std::copy(biases.begin(), biases.end(), outputs.data() + row * one.outputs);
  simd::gemm(factor::as_stored, factor::transposed, {rows, one.outputs, one.inputs}, inputs, weights(one), 1.0f,
             outputs);
}

std::span<const float> network::forward(std::span<const float> inputs, std::size_t rows, activations& work) const {
  work.outputs.resize(layers_.size());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    propagate(i, i == 0 ? inputs : std::span<const float>{work.outputs[i - 1]}, rows, work);
    if (i + 1 < layers_.size()) simd::relu(work.outputs[i]);
  }
  softmax(work.outputs.back(), layers_.back().outputs);
  return work.outputs.back();
}

void network::collect(std::size_t layer_index, std::span<const float> inputs, std::size_t rows, activations& work,
                      std::span<float> gradient) const {
  const layer& one = layers_[layer_index];
  const std::span<const float> above = work.gradients[layer_index];
  simd::gemm(factor::transposed, factor::as_stored, {one.outputs, one.inputs, rows}, above, inputs, 0.0f,
             gradient.subspan(one.weights_at, one.inputs * one.outputs));
  const auto biases = gradient.subspan(one.biases_at, one.outputs);
  std::fill(biases.begin(), biases.end(), 0.0f);
  for (std::size_t row = 0; row < rows; ++row) simd::axpy(1.0f, above.subspan(row * one.outputs, one.outputs), biases);
  if (layer_index == 0) return;
  auto& below = work.gradients[layer_index - 1];
  below.resize(rows * one.inputs);
  simd::gemm(factor::as_stored, factor::as_stored, {rows, one.inputs, one.outputs}, above, weights(one), 0.0f, below);
  simd::relu_backward(inputs, below);
}

float network::backward(std::span<const float> inputs, std::span<const std::uint8_t> labels, float smoothing,
                        activations& work, std::span<float> gradient) const {
  const std::size_t rows = labels.size();
  const auto probabilities = forward(inputs, rows, work);
  work.gradients.resize(layers_.size());
  work.gradients.back().resize(probabilities.size());
  const float loss = cross_entropy(probabilities, labels, layers_.back().outputs, smoothing, work.gradients.back());
  for (std::size_t i = layers_.size(); i-- > 0;)
    collect(i, i == 0 ? inputs : std::span<const float>{work.outputs[i - 1]}, rows, work, gradient);
  return loss;
}

}  // namespace dunlin::flight::digits
