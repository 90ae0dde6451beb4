// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/warp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "examples/flight/digits/dataset.hpp"

namespace dunlin::flight::digits {
namespace {

using images = std::vector<float>;

images warped(const images& in, const warp_limits& limits, std::uint64_t seed) {
  seeded random{seed};
  images out(in.size());
  warp{limits, random}.apply(in, out);
  return out;
}

TEST(DigitsWarp, NoDistortionLeavesImagesAlone) {
  images in(2 * pixels_per_digit);
  std::iota(in.begin(), in.end(), 0.0f);

  EXPECT_THAT(warped(in, {0, 0, 0}, 1), testing::Pointwise(testing::FloatNear(1e-4f), in));
}

TEST(DigitsWarp, KeepsTheInkOfAnInnerDotAndMovesItsCentreAtMostTheShift) {
  images dot(pixels_per_digit);
  dot[3 * 8 + 4] = 1;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const images moved = warped(dot, {1.0, 0, 0}, seed);
    float ink = 0, x = 0, y = 0;
    for (std::size_t i = 0; i < pixels_per_digit; ++i) {
      ink += moved[i];
      x += moved[i] * static_cast<float>(i % 8);
      y += moved[i] * static_cast<float>(i / 8);
    }
    EXPECT_NEAR(ink, 1, 1e-5);
    EXPECT_NEAR(x, 4, 1.0001);
    EXPECT_NEAR(y, 3, 1.0001);
  }
}

TEST(DigitsWarp, StaysWithinTheBrightnessOfTheSource) {
  const images white(pixels_per_digit, 1.0f);
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_THAT(warped(white, {}, seed), testing::Each(testing::AllOf(testing::Ge(0.0f), testing::Le(1.00001f))));
}

}  // namespace
}  // namespace dunlin::flight::digits
