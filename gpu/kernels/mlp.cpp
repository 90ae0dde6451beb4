// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/mlp.hpp"

namespace dunlin {

namespace {

result<void> check_widths(std::span<const mlp_layer> layers) {
  if (layers.empty()) return fail(errc::invalid_argument, "a perceptron has a layer at least", {}, "layers");
  for (std::size_t i = 1; i < layers.size(); ++i)
    if (layers[i].inputs != layers[i - 1].outputs)
      return fail(errc::invalid_argument,
                  "layer " + std::to_string(i) + " takes " + std::to_string(layers[i].inputs) +
                      " numbers, the one before gives " + std::to_string(layers[i - 1].outputs),
                  {}, "layers[" + std::to_string(i) + "].inputs");
  return {};
}

/// output = cut(x * weights + bias)
result<void> run_layer(kernel_backend& backend, std::uint64_t batch, const float* x, const mlp_layer& layer,
                       bool is_last) {
  gemm_call product;
  product.m = batch;
  product.n = layer.outputs;
  product.k = layer.inputs;
  product.a = x;
  product.b = layer.weights;
  product.c = layer.output;
  if (auto done = backend.run(product); !done) return done;
  if (auto done = backend.run(bias_relu_call{batch, layer.outputs, layer.output, layer.bias, layer.output, !is_last});
      !done)
    return done;
  if (!is_last) return {};
  return backend.run(softmax_call{batch, layer.outputs, layer.output, layer.output});
}

/// weight_gradient = transposed x * gradient, bias_gradient = its column sums.
result<void> find_own_gradients(kernel_backend& backend, std::uint64_t batch, const float* x, const mlp_layer& layer) {
  gemm_call product;
  product.m = layer.inputs;
  product.n = layer.outputs;
  product.k = batch;
  product.a = x;
  product.a_transposed = true;
  product.b = layer.gradient;
  product.c = layer.weight_gradient;
  if (auto done = backend.run(product); !done) return done;
  return backend.run(column_sums_call{batch, layer.outputs, layer.gradient, layer.bias_gradient});
}

/// The gradient of the layer before: gradient * transposed weights, where that layer did not cut.
result<void> pass_back(kernel_backend& backend, std::uint64_t batch, const mlp_layer& layer, const mlp_layer& before) {
  gemm_call product;
  product.m = batch;
  product.n = layer.inputs;
  product.k = layer.outputs;
  product.a = layer.gradient;
  product.b = layer.weights;
  product.b_transposed = true;
  product.c = before.gradient;
  if (auto done = backend.run(product); !done) return done;
  return backend.run(relu_backward_call{batch * before.outputs, before.output, before.gradient});
}

}  // namespace

result<void> mlp_forward(kernel_backend& backend, std::uint64_t batch, const float* x,
                         std::span<const mlp_layer> layers) {
  if (auto fits = check_widths(layers); !fits) return fits;
  for (const auto& layer : layers) {
    if (auto done = run_layer(backend, batch, x, layer, &layer == &layers.back()); !done) return done;
    x = layer.output;
  }
  return {};
}

result<void> mlp_backward(kernel_backend& backend, std::uint64_t batch, const float* x, const std::uint32_t* labels,
                          std::span<const mlp_layer> layers) {
  if (auto fits = check_widths(layers); !fits) return fits;
  const auto& last = layers.back();
  const cross_entropy_gradient_call begin{batch, last.outputs, last.output, labels, last.gradient};
  if (auto done = backend.run(begin); !done) return done;
  for (auto at = layers.size(); at > 0; --at) {
    const auto& layer = layers[at - 1];
    const auto* input = at > 1 ? layers[at - 2].output : x;
    if (auto done = find_own_gradients(backend, batch, input, layer); !done) return done;
    if (at == 1) break;
    if (auto done = pass_back(backend, batch, layer, layers[at - 2]); !done) return done;
  }
  return {};
}

}  // namespace dunlin
