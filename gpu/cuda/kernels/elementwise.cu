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
  const auto one = [&](float x, float bias) {
    const float biased = x + bias;
    return call.is_cut && biased < 0 ? 0.0F : biased;
  };
  const bool are_wide = is_wide(call.x) && is_wide(call.bias) && is_wide(call.out) && call.columns % 4 == 0;
  for_each_four(
      call.rows * call.columns, are_wide,
      [&](std::uint64_t i) {
        const float4 x = reinterpret_cast<const float4*>(call.x)[i];
        const float4 bias = reinterpret_cast<const float4*>(call.bias)[place_of(i, call.columns / 4).column];
        reinterpret_cast<float4*>(call.out)[i] =
            make_float4(one(x.x, bias.x), one(x.y, bias.y), one(x.z, bias.z), one(x.w, bias.w));
      },
      [&](std::uint64_t i) { call.out[i] = one(call.x[i], call.bias[place_of(i, call.columns).column]); });
}

extern "C" __global__ void dunlin_relu_backward(relu_backward_call call) {
  map(call.count, call.output, call.gradient, call.gradient,
      [](float output, float gradient) { return output > 0 ? gradient : 0.0F; });
}

extern "C" __global__ void dunlin_cross_entropy_gradient(cross_entropy_gradient_call call) {
  const float share = 1.0F / static_cast<float>(call.rows);
  for_each_index(call.rows * call.columns, [&](std::uint64_t i) {
    const auto place = place_of(i, call.columns);
    const float is_label = call.labels[place.row] == place.column ? 1.0F : 0.0F;
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
