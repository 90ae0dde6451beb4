// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/kernels/reference.hpp"

#include <algorithm>
#include <cmath>

namespace dunlin::testing::reference {

namespace {

template <class Of>
numbers each(std::uint64_t count, Of of) {
  numbers out(count);
  for (std::uint64_t i = 0; i < count; ++i) out[i] = of(i);
  return out;
}

double wide(float x) { return static_cast<double>(x); }

}  // namespace

numbers axpy(const axpy_call& c) {
  return each(c.count, [&](auto i) { return wide(c.y[i]) + wide(c.factor) * wide(c.x[i]); });
}

numbers scale(const scale_call& c) {
  return each(c.count, [&](auto i) { return wide(c.factor) * wide(c.x[i]); });
}

numbers add(const add_call& c) {
  return each(c.count, [&](auto i) { return wide(c.x[i]) + wide(c.y[i]); });
}

numbers multiply(const multiply_call& c) {
  return each(c.count, [&](auto i) { return wide(c.x[i]) * wide(c.y[i]); });
}

numbers bias_relu(const bias_relu_call& c) {
  return each(c.rows * c.columns, [&](auto i) {
    const auto value = wide(c.x[i]) + wide(c.bias[i % c.columns]);
    return c.is_cut ? std::max(value, 0.0) : value;
  });
}

numbers relu_backward(const relu_backward_call& c) {
  return each(c.count, [&](auto i) { return c.output[i] > 0 ? wide(c.gradient[i]) : 0; });
}

double sum(const sum_call& c) {
  long double out = 0;
  for (std::uint64_t i = 0; i < c.count; ++i) out += static_cast<long double>(c.x[i]);
  return static_cast<double>(out);
}

double maximum(const maximum_call& c) { return wide(*std::max_element(c.x, c.x + c.count)); }

double dot(const dot_call& c) {
  long double out = 0;
  for (std::uint64_t i = 0; i < c.count; ++i)
    out += static_cast<long double>(c.x[i]) * static_cast<long double>(c.y[i]);
  return static_cast<double>(out);
}

numbers column_sums(const column_sums_call& c) {
  return each(c.columns, [&](auto i) {
    double out = 0;
    for (std::uint64_t row = 0; row < c.rows; ++row) out += wide(c.x[row * c.columns + i]);
    return out;
  });
}

numbers softmax(const softmax_call& c) {
  numbers out(c.rows * c.columns);
  for (std::uint64_t row = 0; row < c.rows; ++row) {
    const auto* x = c.x + row * c.columns;
    const auto highest = wide(*std::max_element(x, x + c.columns));
    double total = 0;
    for (std::uint64_t i = 0; i < c.columns; ++i) total += std::exp(wide(x[i]) - highest);
    for (std::uint64_t i = 0; i < c.columns; ++i) out[row * c.columns + i] = std::exp(wide(x[i]) - highest) / total;
  }
  return out;
}

numbers cross_entropy_gradient(const cross_entropy_gradient_call& c) {
  return each(c.rows * c.columns, [&](auto i) {
    const auto is_label = c.labels[i / c.columns] == i % c.columns;
    return (wide(c.probabilities[i]) - (is_label ? 1 : 0)) / static_cast<double>(c.rows);
  });
}

std::vector<std::uint32_t> top_k(const float* scores, std::uint64_t columns, std::uint32_t k) {
  std::vector<std::uint32_t> order(columns);
  for (std::uint32_t i = 0; i < columns; ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](auto a, auto b) { return scores[a] > scores[b]; });
  order.resize(k);
  return order;
}

numbers gemm(const gemm_call& c) {
  return each(c.m * c.n, [&](auto at) {
    const auto i = at / c.n;
    const auto j = at % c.n;
    double out = 0;
    for (std::uint64_t l = 0; l < c.k; ++l)
      out += wide(c.a_transposed ? c.a[l * c.m + i] : c.a[i * c.k + l]) *
             wide(c.b_transposed ? c.b[j * c.k + l] : c.b[l * c.n + j]);
    return wide(c.factor) * out + (c.keep == 0 ? 0 : wide(c.keep) * wide(c.c[at]));
  });
}

double squared_distance(const float* x, const float* y, std::uint64_t count) {
  double out = 0;
  for (std::uint64_t i = 0; i < count; ++i) out += (wide(x[i]) - wide(y[i])) * (wide(x[i]) - wide(y[i]));
  return out;
}

numbers gate(const gate_call& c) {
  using number = std::complex<double>;
  const auto at = [&](std::uint64_t i) { return number{wide(c.state[2 * i]), wide(c.state[2 * i + 1])}; };
  const auto m = [&](std::uint64_t i) { return number{wide(c.matrix[2 * i]), wide(c.matrix[2 * i + 1])}; };
  numbers out;
  for (std::uint64_t i = 0; i < std::uint64_t{1} << c.qubits; ++i) {
    const auto partner = i ^ (std::uint64_t{1} << c.target);
    const bool is_one = (i >> c.target & 1U) != 0;
    auto value = is_one ? m(2) * at(partner) + m(3) * at(i) : m(0) * at(i) + m(1) * at(partner);
    if (c.control >= 0 && (i >> c.control & 1U) == 0) value = at(i);
    out.push_back(value.real());
    out.push_back(value.imag());
  }
  return out;
}

numbers adam(const adam_call& c) {
  return each(c.count, [&](auto i) {
    const auto gradient = wide(c.gradient[i]);
    const auto mean = wide(c.beta1) * wide(c.mean[i]) + (1 - wide(c.beta1)) * gradient;
    const auto variance = wide(c.beta2) * wide(c.variance[i]) + (1 - wide(c.beta2)) * gradient * gradient;
    const auto step = static_cast<double>(c.step);
    return wide(c.weights[i]) - wide(c.learning_rate) * mean / (1 - std::pow(wide(c.beta1), step)) /
                                    (std::sqrt(variance / (1 - std::pow(wide(c.beta2), step))) + wide(c.epsilon));
  });
}

}  // namespace dunlin::testing::reference
