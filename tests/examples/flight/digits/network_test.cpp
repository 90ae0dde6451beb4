// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace dunlin::flight::digits {
namespace {

using doubles = std::vector<double>;

/// The mean loss of a batch in float64, written out from the definition.
double reference_loss(const network& of, const doubles& parameters, const std::vector<float>& inputs,
                      const std::vector<std::uint8_t>& labels, double smoothing) {
  double loss = 0;
  const std::size_t width = of.layers().front().inputs;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    doubles x(inputs.begin() + row * width, inputs.begin() + (row + 1) * width);
    for (const layer& one : of.layers()) {
      doubles y(one.outputs);
      for (std::size_t o = 0; o < one.outputs; ++o) {
        y[o] = parameters[one.biases_at + o];
        for (std::size_t i = 0; i < one.inputs; ++i) y[o] += parameters[one.weights_at + o * one.inputs + i] * x[i];
        if (&one != &of.layers().back()) y[o] = std::max(0.0, y[o]);
      }
      x = y;
    }
    double sum = 0;
    for (const double score : x) sum += std::exp(score);
    for (std::size_t c = 0; c < x.size(); ++c)
      loss -= (smoothing / x.size() + (c == labels[row] ? 1 - smoothing : 0)) * (x[c] - std::log(sum));
  }
  return loss / labels.size();
}

TEST(DigitsNetwork, GradientAgreesWithFiniteDifferencesInDouble) {
  constexpr std::array<std::size_t, 4> widths{6, 9, 7, 4};
  seeded random{3};
  const network net{widths, random};
  std::vector<float> inputs(5 * widths.front());
  for (float& value : inputs) value = static_cast<float>(random.uniform());
  const std::vector<std::uint8_t> labels{0, 3, 1, 2, 3};
  doubles parameters(net.parameters().begin(), net.parameters().end());
  std::vector<float> gradient(parameters.size());
  activations work;

  const float loss = net.backward(inputs, labels, 0.1f, work, gradient);

  EXPECT_NEAR(loss, reference_loss(net, parameters, inputs, labels, 0.1), 1e-5);
  constexpr double step = 1e-6;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double kept = parameters[i];
    parameters[i] = kept + step;
    const double above = reference_loss(net, parameters, inputs, labels, 0.1);
    parameters[i] = kept - step;
    const double below = reference_loss(net, parameters, inputs, labels, 0.1);
    parameters[i] = kept;
    ASSERT_NEAR(gradient[i], (above - below) / (2 * step), 2e-5) << "parameter " << i;
  }
}

TEST(DigitsNetwork, ProbabilitiesSumToOneEvenForExtremeScores) {
  constexpr std::array<std::size_t, 2> widths{1, 3};
  seeded random{1};
  network net{widths, random};
  net.parameters()[0] = 1e4f;
  activations work;

  const auto probabilities = net.forward(std::array{1.0f, -1.0f}, 2, work);

  for (std::size_t row = 0; row < 2; ++row)
    EXPECT_NEAR(probabilities[3 * row] + probabilities[3 * row + 1] + probabilities[3 * row + 2], 1, 1e-5);
  EXPECT_NEAR(probabilities[0], 1, 1e-5);
}

}  // namespace
}  // namespace dunlin::flight::digits
