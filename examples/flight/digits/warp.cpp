// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/warp.hpp"

#include <cmath>

#include "examples/flight/digits/dataset.hpp"
#include "examples/flight/simd/matrix.hpp"

namespace dunlin::flight::digits {
namespace {

constexpr int side = 8;
constexpr double centre = (side - 1) / 2.0;

/// Adds the four bilinear weights of point (x, y) to the row of a result; outside is dark.
void add_bilinear(double x, double y, float* row) {
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  for (int corner = 0; corner < 4; ++corner) {
    const int column = left + corner % 2;
    const int line = top + corner / 2;
    if (column < 0 || column >= side || line < 0 || line >= side) continue;
    const double weight = (1 - std::abs(x - column)) * (1 - std::abs(y - line));
    row[line * side + column] += static_cast<float>(weight);
  }
}

}  // namespace

warp::warp(const warp_limits& limits, seeded& random) : weights_(pixels_per_digit * pixels_per_digit) {
  const auto within = [&random](double limit) { return random.between(-limit, limit); };
  const double angle = within(limits.turn);
  const double width = 1 + within(limits.stretch);
  const double height = 1 + within(limits.stretch);
  const double right = within(limits.shift);
  const double down = within(limits.shift);
  for (std::size_t pixel = 0; pixel < pixels_per_digit; ++pixel) {
    const double x = static_cast<double>(pixel % side) - centre - right;
    const double y = static_cast<double>(pixel / side) - centre - down;
    add_bilinear((x * std::cos(angle) - y * std::sin(angle)) * width + centre,
                 (x * std::sin(angle) + y * std::cos(angle)) * height + centre,
                 weights_.data() + pixel * pixels_per_digit);
  }
}

void warp::apply(std::span<const float> images, std::span<float> out) const {
  const std::size_t count = images.size() / pixels_per_digit;
  simd::gemm(simd::factor::as_stored, simd::factor::transposed, {count, pixels_per_digit, pixels_per_digit}, images,
             weights_, 0.0f, out);
}

}  // namespace dunlin::flight::digits
