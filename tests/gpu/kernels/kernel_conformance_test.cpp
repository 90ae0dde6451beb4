// SPDX-License-Identifier: Apache-2.0
// What every backend computes element by element, by row and in all, beside a reference in double precision, at sizes
// that fill vectors and leave rests.
#include "tests/gpu/kernels/kernel_conformance.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace dunlin::testing {
namespace {

TEST_P(KernelConformance, Axpy) {
  for (const auto count : counts) {
    const auto x = draw(count);
    auto y = draw(count);
    const axpy_call call{count, 0.75F, x.data(), y.data()};
    const auto should = reference::axpy(call);
    run(call);
    expect_near(y, should);
  }
}

TEST_P(KernelConformance, ScaleAddMultiply) {
  for (const auto count : counts) {
    const auto x = draw(count);
    const auto y = draw(count);
    floats out(count);
    const scale_call scale{count, -2.5F, x.data(), out.data()};
    run(scale);
    expect_near(out, reference::scale(scale));
    const add_call add{count, x.data(), y.data(), out.data()};
    run(add);
    expect_near(out, reference::add(add));
    const multiply_call multiply{count, x.data(), y.data(), out.data()};
    run(multiply);
    expect_near(out, reference::multiply(multiply));
  }
}

TEST_P(KernelConformance, WritesOverItsInput) {
  auto x = draw(1'000);
  const add_call call{x.size(), x.data(), x.data(), x.data()};
  const auto should = reference::add(call);

  run(call);

  expect_near(x, should);
}

TEST_P(KernelConformance, BiasAndCut) {
  for (const auto columns : {1U, 7U, 16U, 33U, 900U}) {
    const auto x = draw(50ULL * columns);
    const auto bias = draw(columns);
    floats out(x.size());
    for (const bool is_cut : {true, false}) {
      const bias_relu_call call{50, columns, x.data(), bias.data(), out.data(), is_cut};
      run(call);
      expect_near(out, reference::bias_relu(call));
    }
    auto gradient = draw(x.size());
    const relu_backward_call back{x.size(), x.data(), gradient.data()};
    const auto should = reference::relu_backward(back);
    run(back);
    expect_near(gradient, should);
  }
}

TEST_P(KernelConformance, Reductions) {
  for (const auto count : counts) {
    const auto x = draw(count, -1, 3);
    const auto y = draw(count);
    floats out(1);
    run(sum_call{count, x.data(), out.data()});
    EXPECT_NEAR(out[0], reference::sum({count, x.data(), out.data()}), 1e-6 * static_cast<double>(count) + 1e-5);
    run(maximum_call{count, x.data(), out.data()});
    EXPECT_EQ(out[0], static_cast<float>(reference::maximum({count, x.data(), out.data()})));
    run(dot_call{count, x.data(), y.data(), out.data()});
    EXPECT_NEAR(out[0], reference::dot({count, x.data(), y.data(), out.data()}),
                1e-6 * static_cast<double>(count) + 1e-5);
  }
}

/// In single precision throughout, the later tenths would be lost.
TEST_P(KernelConformance, SumsManyAlikeWithoutLosingThem) {
  const floats x(10'000'000, 0.1F);
  floats out(1);

  run(sum_call{x.size(), x.data(), out.data()});

  EXPECT_NEAR(out[0], 1e6, 2);
}

TEST_P(KernelConformance, TheMaximumMayBeNegative) {
  const floats x(1'001, -5);
  floats out(1);

  run(maximum_call{x.size(), x.data(), out.data()});

  EXPECT_EQ(out[0], -5);
}

TEST_P(KernelConformance, ColumnSums) {
  for (const auto columns : {1U, 15U, 16U, 100U, 3'000U}) {
    const auto x = draw(70ULL * columns);
    floats out(columns, 99);
    const column_sums_call call{70, columns, x.data(), out.data()};
    run(call);
    expect_near(out, reference::column_sums(call));
  }
}

TEST_P(KernelConformance, Softmax) {
  for (const auto columns : {1U, 5U, 16U, 1'000U}) {
    const auto x = draw(40ULL * columns, -20, 20);
    floats out(x.size());
    const softmax_call call{40, columns, x.data(), out.data()};
    run(call);
    expect_near(out, reference::softmax(call), 2e-6);
  }
}

TEST_P(KernelConformance, SoftmaxOfNumbersWhoseExponentialsOverflow) {
  const floats x{1'000, 1'001, 999, -1'000};
  floats out(4);
  const softmax_call call{1, 4, x.data(), out.data()};

  run(call);

  expect_near(out, reference::softmax(call), 2e-6);
}

/// As rows of attention have that are masked.
TEST_P(KernelConformance, SoftmaxGivesNothingToWhatIsMinusInfinite) {
  const auto none = -std::numeric_limits<float>::infinity();
  const floats x{none, 0, none, 0};
  floats out(4);

  run(softmax_call{1, 4, x.data(), out.data()});

  EXPECT_THAT(std::vector<float>(out.begin(), out.end()), ::testing::ElementsAre(0, 0.5F, 0, 0.5F));
}

TEST_P(KernelConformance, CrossEntropyGradient) {
  const auto probabilities = draw(30 * 11, 0, 1);
  const auto labels = draw_labels(30, 11);
  floats out(probabilities.size());
  const cross_entropy_gradient_call call{30, 11, probabilities.data(), labels.data(), out.data()};

  run(call);

  expect_near(out, reference::cross_entropy_gradient(call));
}

INSTANTIATE_TEST_SUITE_P(Every, KernelConformance, ::testing::ValuesIn(every_backend()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace dunlin::testing
