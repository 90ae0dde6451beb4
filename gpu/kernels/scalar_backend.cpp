// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/scalar_backend.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>
#include <vector>

#include "gpu/kernels/half_numbers.hpp"

namespace dunlin {

namespace {

/// Returns row `row` of a matrix.
template <class Number>
Number* row_of(Number* matrix, std::uint64_t row, std::uint64_t columns) {
  return matrix + row * columns;
}

double squared_distance(const float* x, const float* y, std::uint64_t count) {
  double out = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto apart = static_cast<double>(x[i]) - static_cast<double>(y[i]);
    out += apart * apart;
  }
  return out;
}

std::uint32_t nearest_of(const kmeans_call& c, const float* point, double& least) {
  std::uint32_t out = 0;
  least = squared_distance(point, c.centroids, c.dimensions);
  for (std::uint32_t i = 1; i < c.clusters; ++i) {
    const auto distance = squared_distance(point, row_of(c.centroids, i, c.dimensions), c.dimensions);
    if (!(distance < least)) continue;
    least = distance;
    out = i;
  }
  return out;
}

/// `read` makes a single-precision number of what the factors hold.
template <class Call, class Read>
void multiply(const Call& c, Read&& read) {
  for (std::uint64_t i = 0; i < c.m; ++i) {
    for (std::uint64_t j = 0; j < c.n; ++j) {
      double sum = 0;
      for (std::uint64_t l = 0; l < c.k; ++l) {
        const float a = read(c.a_transposed ? c.a[l * c.m + i] : c.a[i * c.k + l]);
        const float b = read(c.b_transposed ? c.b[j * c.k + l] : c.b[l * c.n + j]);
        sum += static_cast<double>(a) * static_cast<double>(b);
      }
      auto& out = c.c[i * c.n + j];
      out = c.factor * static_cast<float>(sum) + (c.keep == 0 ? 0 : c.keep * out);
    }
  }
}

}  // namespace

result<void> scalar_backend::perform(const axpy_call& c) {
  for (std::uint64_t i = 0; i < c.count; ++i) c.y[i] += c.factor * c.x[i];
  return {};
}

result<void> scalar_backend::perform(const scale_call& c) {
  for (std::uint64_t i = 0; i < c.count; ++i) c.out[i] = c.factor * c.x[i];
  return {};
}

result<void> scalar_backend::perform(const add_call& c) {
  for (std::uint64_t i = 0; i < c.count; ++i) c.out[i] = c.x[i] + c.y[i];
  return {};
}

result<void> scalar_backend::perform(const multiply_call& c) {
  for (std::uint64_t i = 0; i < c.count; ++i) c.out[i] = c.x[i] * c.y[i];
  return {};
}

result<void> scalar_backend::perform(const bias_relu_call& c) {
  for (std::uint64_t row = 0; row < c.rows; ++row) {
    for (std::uint64_t i = 0; i < c.columns; ++i) {
      const auto value = row_of(c.x, row, c.columns)[i] + c.bias[i];
      row_of(c.out, row, c.columns)[i] = c.is_cut && value < 0 ? 0 : value;  // what is no number stays none
    }
  }
  return {};
}

result<void> scalar_backend::perform(const relu_backward_call& c) {
  for (std::uint64_t i = 0; i < c.count; ++i)
    if (!(c.output[i] > 0)) c.gradient[i] = 0;
  return {};
}

result<void> scalar_backend::perform(const sum_call& c) {
  *c.out = static_cast<float>(std::accumulate(c.x, c.x + c.count, 0.0));
  return {};
}

result<void> scalar_backend::perform(const maximum_call& c) {
  *c.out = *std::max_element(c.x, c.x + c.count);
  return {};
}

result<void> scalar_backend::perform(const dot_call& c) {
  *c.out = static_cast<float>(std::inner_product(c.x, c.x + c.count, c.y, 0.0));
  return {};
}

result<void> scalar_backend::perform(const column_sums_call& c) {
  for (std::uint64_t i = 0; i < c.columns; ++i) {
    double sum = 0;
    for (std::uint64_t row = 0; row < c.rows; ++row) sum += static_cast<double>(row_of(c.x, row, c.columns)[i]);
    c.out[i] = static_cast<float>(sum);
  }
  return {};
}

result<void> scalar_backend::perform(const softmax_call& c) {
  for (std::uint64_t row = 0; row < c.rows; ++row) {
    const auto* x = row_of(c.x, row, c.columns);
    auto* out = row_of(c.out, row, c.columns);
    const auto highest = *std::max_element(x, x + c.columns);
    std::transform(x, x + c.columns, out, [&](float one) { return std::exp(one - highest); });
    const auto total = static_cast<float>(std::accumulate(out, out + c.columns, 0.0));
    for (std::uint64_t i = 0; i < c.columns; ++i) out[i] /= total;
  }
  return {};
}

result<void> scalar_backend::perform(const cross_entropy_gradient_call& c) {
  if (auto fits = check_labels(c); !fits) return fits;
  const auto share = 1.0F / static_cast<float>(c.rows);
  for (std::uint64_t i = 0; i < c.rows * c.columns; ++i) c.gradient[i] = c.probabilities[i] * share;
  for (std::uint64_t row = 0; row < c.rows; ++row) row_of(c.gradient, row, c.columns)[c.labels[row]] -= share;
  return {};
}

result<void> scalar_backend::perform(const top_k_call& c) {
  std::vector<std::uint32_t> order(c.columns);
  for (std::uint64_t row = 0; row < c.rows; ++row) {
    const auto* scores = row_of(c.scores, row, c.columns);
    std::iota(order.begin(), order.end(), 0U);
    std::partial_sort(order.begin(), order.begin() + c.k, order.end(),
                      [&](auto a, auto b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
    for (std::uint32_t i = 0; i < c.k; ++i) {
      row_of(c.indices, row, c.k)[i] = order[i];
      row_of(c.values, row, c.k)[i] = scores[order[i]];
    }
  }
  return {};
}

result<void> scalar_backend::perform(const gemm_call& c) {
  multiply(c, [](float one) { return one; });
  return {};
}

result<void> scalar_backend::perform(const half_gemm_call& c) {
  multiply(c, [&](std::uint16_t one) { return from_half(c.format, one); });
  return {};
}

result<void> scalar_backend::perform(const narrow_call& c) {
  for (std::uint64_t i = 0; i < c.count; ++i) c.out[i] = to_half(c.format, c.x[i]);
  return {};
}

result<void> scalar_backend::perform(const widen_call& c) {
  for (std::uint64_t i = 0; i < c.count; ++i) c.out[i] = from_half(c.format, c.x[i]);
  return {};
}

result<void> scalar_backend::perform(const kmeans_call& c) {
  std::vector<double> sums(c.clusters * c.dimensions);
  std::vector<std::uint64_t> counts(c.clusters);
  double total = 0;
  for (std::uint64_t i = 0; i < c.count; ++i) {
    const auto* point = row_of(c.points, i, c.dimensions);
    double distance = 0;
    const auto cluster = nearest_of(c, point, distance);
    c.nearest[i] = cluster;
    total += distance;
    counts[cluster] += 1;
    for (std::uint64_t k = 0; k < c.dimensions; ++k) sums[cluster * c.dimensions + k] += static_cast<double>(point[k]);
  }
  *c.distance = static_cast<float>(total);
  for (std::uint64_t i = 0; i < sums.size(); ++i)
    if (const auto count = counts[i / c.dimensions]; count > 0)
      c.centroids[i] = static_cast<float>(sums[i] / static_cast<double>(count));
  return {};
}

result<void> scalar_backend::perform(const gate_call& c) {
  using number = std::complex<float>;
  auto* state = reinterpret_cast<number*>(c.state);
  const auto* m = reinterpret_cast<const number*>(c.matrix);
  const auto target = std::uint64_t{1} << c.target;
  const auto control = c.control < 0 ? 0 : std::uint64_t{1} << c.control;
  for (std::uint64_t i = 0; i < std::uint64_t{1} << c.qubits; ++i) {
    if ((i & target) != 0 || (i & control) != control) continue;
    const auto low = state[i];
    const auto high = state[i | target];
    state[i] = m[0] * low + m[1] * high;
    state[i | target] = m[2] * low + m[3] * high;
  }
  return {};
}

result<void> scalar_backend::perform(const adam_call& c) {
  const auto step = static_cast<double>(c.step);
  const auto first = 1 - std::pow(static_cast<double>(c.beta1), step);
  const auto second = 1 - std::pow(static_cast<double>(c.beta2), step);
  for (std::uint64_t i = 0; i < c.count; ++i) {
    c.mean[i] = c.beta1 * c.mean[i] + (1 - c.beta1) * c.gradient[i];
    c.variance[i] = c.beta2 * c.variance[i] + (1 - c.beta2) * c.gradient[i] * c.gradient[i];
    const auto mean = static_cast<double>(c.mean[i]) / first;
    const auto variance = static_cast<double>(c.variance[i]) / second;
    c.weights[i] -= static_cast<float>(c.learning_rate * mean / (std::sqrt(variance) + c.epsilon));
  }
  return {};
}

}  // namespace dunlin
