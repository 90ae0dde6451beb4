// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "examples/flight/seeded.hpp"

namespace dunlin::flight::digits {

/// One fully connected layer: where its weights and biases lie in the network's flat parameters.
struct layer {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t weights_at = 0;  ///< Shape: [outputs, inputs], row-major
  std::size_t biases_at = 0;   ///< Shape: [outputs]
};

/// What a pass over a batch leaves behind; reused from batch to batch.
struct activations {
  std::vector<std::vector<float>> outputs;    ///< per layer; Shape: [rows, layer outputs]
  std::vector<std::vector<float>> gradients;  ///< per layer, of the loss by its inputs to relu
};

/// A multi-layer perceptron: relu between the layers, softmax and cross-entropy at the end. All
/// parameters lie in one vector, so that an optimiser needs one call.
class network {
 public:
  /// Makes a network of `widths` (inputs, hidden…, classes; at least two) with He's random weights.
  network(std::span<const std::size_t> widths, seeded& random);

  /// Computes class probabilities of `rows` inputs. Returns a view into `work`, [rows, classes].
  /// Shape: inputs [rows, widths.front()], row-major.
  std::span<const float> forward(std::span<const float> inputs, std::size_t rows, activations& work) const;

  /// Runs forward and backward over a batch. Writes the gradient of the mean loss by each parameter
  /// and returns that loss. `smoothing` is the share of a label spread over all classes.
  float backward(std::span<const float> inputs, std::span<const std::uint8_t> labels, float smoothing,
                 activations& work, std::span<float> gradient) const;

  std::span<float> parameters() noexcept { return parameters_; }
  std::span<const float> parameters() const noexcept { return parameters_; }
  std::span<const layer> layers() const noexcept { return layers_; }

 private:
  void propagate(std::size_t layer_index, std::span<const float> inputs, std::size_t rows, activations& work) const;
  void collect(std::size_t layer_index, std::span<const float> inputs, std::size_t rows, activations& work,
               std::span<float> gradient) const;
  std::span<const float> weights(const layer& of) const noexcept;

  std::vector<layer> layers_;
  std::vector<float> parameters_;
};

}  // namespace dunlin::flight::digits
