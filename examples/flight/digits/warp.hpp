// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "examples/flight/seeded.hpp"

namespace dunlin::flight::digits {

/// How far a digit may be distorted and still show the same digit.
struct warp_limits {
  double shift = 0.7;    ///< pixels, either way
  double turn = 0.15;    ///< radians, either way
  double stretch = 0.1;  ///< share of the size, either way
};

/// A small random shift, turn and stretch of an image with bilinear interpolation. Every pixel of the
/// result is a weighted sum of pixels, so the warp is a matrix and warping many images is one product.
class warp {
 public:
  warp(const warp_limits& limits, seeded& random);

  /// Writes the warped `images` to `out`. Shape: both [images, 64], row-major.
  void apply(std::span<const float> images, std::span<float> out) const;

 private:
  std::vector<float> weights_;  ///< Shape: [64 results, 64 sources]
};

}  // namespace dunlin::flight::digits
