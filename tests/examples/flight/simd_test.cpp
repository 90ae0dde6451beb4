// SPDX-License-Identifier: Apache-2.0
// Each kernel against the plain float64 sum that it must agree with, at every length around the
// vector widths, so that whole, partial and empty vectors all occur.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "examples/flight/seeded.hpp"
#include "examples/flight/simd/activation.hpp"
#include "examples/flight/simd/adam.hpp"
#include "examples/flight/simd/matrix.hpp"
#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::simd {
namespace {

using floats = std::vector<float>;

floats random_floats(std::size_t count, std::uint64_t seed) {
  seeded random{seed};
  floats out(count);
  for (float& value : out) value = static_cast<float>(random.between(-2, 2));
  return out;
}

/// Calls `body(x, y)` with random arrays of every length from 0 to 80.
template <class Body>
void for_all_lengths(Body body) {
  for (std::size_t n = 0; n <= 80; ++n) body(random_floats(n, 2 * n), random_floats(n, 2 * n + 1));
}

/// Expects `actual[i]` near `expected(i)`.
template <class Expected>
void expect_each(const floats& actual, Expected expected) {
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected(i), 1e-5) << i << " of " << actual.size();
}

TEST(SimdVector, DotIsTheSumOfProducts) {
  for_all_lengths([](const floats& x, const floats& y) {
    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) expected += double(x[i]) * y[i];
    ASSERT_NEAR(dot(x, y), expected, 1e-4) << x.size();
  });
}

TEST(SimdVector, SquaredDistanceIsTheSumOfSquaredDifferences) {
  for_all_lengths([](const floats& x, const floats& y) {
    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) expected += std::pow(double(x[i]) - y[i], 2);
    ASSERT_NEAR(squared_distance(x, y), expected, 1e-3) << x.size();
  });
}

TEST(SimdVector, AxpyScaleAndMultiplyChangeEachElement) {
  for_all_lengths([](const floats& x, const floats& y) {
    floats sum = y, product = y, scaled = y;
    axpy(0.5f, x, sum);
    multiply(x, product);
    scale(-3, scaled);
    expect_each(sum, [&](std::size_t i) { return y[i] + 0.5 * x[i]; });
    expect_each(product, [&](std::size_t i) { return double(x[i]) * y[i]; });
    expect_each(scaled, [&](std::size_t i) { return -3.0 * y[i]; });
  });
}

TEST(SimdVector, KernelsStayWithinTheirSpan) {
  floats guarded(40, 7.0f);
  for (std::size_t n = 0; n < 38; ++n) {
    const floats x(n, 1.0f);
    axpy(1, x, std::span{guarded}.subspan(1, n));
    EXPECT_EQ(guarded[0], 7.0f);
    EXPECT_EQ(guarded[n + 1], 7.0f) << n;
    std::fill(guarded.begin(), guarded.end(), 7.0f);
  }
}

TEST(SimdVector, NormaliseGivesUnitLengthAndKeepsZero) {
  floats x = random_floats(33, 1), zero(5, 0.0f);
  normalise(x);
  normalise(zero);
  EXPECT_NEAR(dot(x, x), 1.0, 1e-6);
  EXPECT_THAT(zero, testing::Each(0.0f));
}

TEST(SimdActivation, ReluAndItsGradientAgreeOnTheSign) {
  for_all_lengths([](const floats& x, const floats& y) {
    floats activation = x, gradient = y;
    relu(activation);
    relu_backward(activation, gradient);
    expect_each(activation, [&](std::size_t i) { return std::max(0.0, double(x[i])); });
    expect_each(gradient, [&](std::size_t i) { return x[i] > 0 ? y[i] : 0.0; });
  });
}

TEST(SimdActivation, ExponentialFollowsTheStandardLibrary) {
  for_all_lengths([](const floats& x, const floats&) {
    floats out = x;
    exponential(out);
    expect_each(out, [&](std::size_t i) { return std::exp(double(x[i])); });
  });
}

TEST(SimdAdam, StepsFollowThePaperInDoublePrecision) {
  for (std::size_t n = 0; n <= 40; ++n) {
    floats weights = random_floats(n, 5), first(n), second(n);
    std::vector<double> w(weights.begin(), weights.end()), m(n), v(n);
    for (int t = 1; t <= 3; ++t) {
      const floats gradient = random_floats(n, 100 * n + t);
      adam_rates rates{.rate = 0.1f, .decay = 0.01f};
      rates.correction1 = static_cast<float>(1 - std::pow(0.9, t));
      rates.correction2 = static_cast<float>(1 - std::pow(0.999, t));
      adam_step(rates, gradient, weights, first, second);
      for (std::size_t i = 0; i < n; ++i) {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i];
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
        const double step = m[i] / (1 - std::pow(0.9, t)) / (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
        w[i] -= 0.1 * (step + 0.01 * w[i]);
      }
    }
    expect_each(weights, [&](std::size_t i) { return w[i]; });
  }
}

TEST(SimdMatrix, AllTranspositionsGiveTheProduct) {
  const std::size_t rows = 5, columns = 7, inner = 3;
  const floats a = random_floats(rows * inner, 1), b = random_floats(inner * columns, 2);
  const auto turned = [](const floats& m, std::size_t lines, std::size_t width) {
    floats out(m.size());
    for (std::size_t i = 0; i < m.size(); ++i) out[i % width * lines + i / width] = m[i];
    return out;
  };
  for (const factor op_a : {factor::as_stored, factor::transposed})
    for (const factor op_b : {factor::as_stored, factor::transposed}) {
      floats c(rows * columns, 10.0f);
      gemm(op_a, op_b, {rows, columns, inner}, op_a == factor::transposed ? turned(a, rows, inner) : a,
           op_b == factor::transposed ? turned(b, inner, columns) : b, 0.5f, c);
      expect_each(c, [&](std::size_t i) {
        double sum = 5;
        for (std::size_t k = 0; k < inner; ++k)
          sum += double(a[i / columns * inner + k]) * b[k * columns + i % columns];
        return sum;
      });
    }
}

TEST(SimdDispatch, NamesTheInstructionSetInUse) { EXPECT_STRNE(instruction_set(), ""); }

}  // namespace
}  // namespace dunlin::flight::simd
