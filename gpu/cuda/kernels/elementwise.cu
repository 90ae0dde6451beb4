// SPDX-License-Identifier: Apache-2.0
// One number in, one number out: bound by memory alone.
#include "gpu/cuda/kernels/arguments.hpp"
#include "gpu/cuda/kernels/block.cuh"

namespace dunlin::cuda {

extern "C" __global__ void dunlin_axpy(axpy_call call) {
  map(call.count, call.x, call.y, call.y, [&](float x, float y) { return y + call.factor * x; });
}

extern "C" __global__ void dunlin_scale(scale_call call) {
  map(call.count, call.x, call.out, [&](float x) { return call.factor * x; });
}

extern "C" __global__ void dunlin_add(add_call call) {
  map(call.count, call.x, call.y, call.out, [](float x, float y) { return x + y; });
}

extern "C" __global__ void dunlin_multiply(multiply_call call) {
  map(call.count, call.x, call.y, call.out, [](float x, float y) { return x * y; });
}

extern "C" __global__ void dunlin_bias_relu(bias_relu_call call) {
  for_each_index(call.rows * call.columns, [&](std::uint64_t i) {
    const float biased = call.x[i] + call.bias[i % call.columns];
    call.out[i] = call.is_cut && biased < 0 ? 0 : biased;
  });
}

extern "C" __global__ void dunlin_relu_backward(relu_backward_call call) {
  map(call.count, call.output, call.gradient, call.gradient,
      [](float output, float gradient) { return output > 0 ? gradient : 0.0F; });
}

extern "C" __global__ void dunlin_cross_entropy_gradient(cross_entropy_gradient_call call) {
  const float share = 1.0F / static_cast<float>(call.rows);
  for_each_index(call.rows * call.columns, [&](std::uint64_t i) {
    const float is_label = call.labels[i / call.columns] == i % call.columns ? 1.0F : 0.0F;
    call.gradient[i] = (call.probabilities[i] - is_label) * share;
  });
}

extern "C" __global__ void dunlin_adam(adam_call call) {
  const float mean_grows = 1 - powf(call.beta1, static_cast<float>(call.step));
  const float variance_grows = 1 - powf(call.beta2, static_cast<float>(call.step));
  for_each_index(call.count, [&](std::uint64_t i) {
    const float gradient = call.gradient[i];
    const float mean = call.beta1 * call.mean[i] + (1 - call.beta1) * gradient;
    const float variance = call.beta2 * call.variance[i] + (1 - call.beta2) * gradient * gradient;
    call.mean[i] = mean;
    call.variance[i] = variance;
    call.weights[i] -= call.learning_rate * (mean / mean_grows) / (sqrtf(variance / variance_grows) + call.epsilon);
  });
}

}  // namespace dunlin::cuda
