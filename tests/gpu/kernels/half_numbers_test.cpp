// SPDX-License-Identifier: Apache-2.0
// Every number of 16 bits, and what lies between any two.
#include "gpu/kernels/half_numbers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dunlin {
namespace {

struct HalfNumbers : ::testing::TestWithParam<half_format> {
  [[nodiscard]] static std::uint16_t infinity() { return GetParam() == half_format::bf16 ? 0x7f80 : 0x7c00; }
  [[nodiscard]] static float value(unsigned int bits) {
    return from_half(GetParam(), static_cast<std::uint16_t>(bits));
  }
};

TEST_P(HalfNumbers, AreTheSameThereAndBack) {
  for (unsigned int bits = 0; bits <= 0xffff; ++bits) {
    const auto x = value(bits);
    if ((bits & 0x7fffU) > infinity()) {
      ASSERT_TRUE(std::isnan(x)) << bits;
      ASSERT_TRUE(std::isnan(value(to_half(GetParam(), x)))) << bits;
    } else {
      ASSERT_EQ(to_half(GetParam(), x), bits);
    }
  }
}

TEST_P(HalfNumbers, RoundToTheNearestAndInTheMiddleToTheEven) {
  for (unsigned int below = 0; below + 1 < infinity(); ++below) {
    const auto middle =
        static_cast<float>((static_cast<double>(value(below)) + static_cast<double>(value(below + 1))) / 2);
    const auto even = below + (below & 1U);
    for (const unsigned int sign : {0U, 0x8000U}) {
      const auto signed_middle = sign == 0 ? middle : -middle;
      ASSERT_EQ(to_half(GetParam(), signed_middle), even | sign) << below;
      ASSERT_EQ(to_half(GetParam(), std::nextafter(signed_middle, 0.0F)), below | sign) << below;
      ASSERT_EQ(to_half(GetParam(), std::nextafter(signed_middle, 2 * signed_middle)), (below + 1) | sign) << below;
    }
  }
}

TEST_P(HalfNumbers, BeyondTheLargestAreInfinite) {
  EXPECT_EQ(to_half(GetParam(), std::numeric_limits<float>::infinity()), infinity());
  EXPECT_EQ(to_half(GetParam(), std::numeric_limits<float>::max()), infinity());
  EXPECT_EQ(to_half(GetParam(), std::numeric_limits<float>::lowest()), infinity() | 0x8000);
}

TEST(KnownHalfNumbers, AreAsTheStandardsHaveThem) {
  EXPECT_EQ(to_fp16(1), 0x3c00);
  EXPECT_EQ(to_fp16(65'504), 0x7bff);
  EXPECT_EQ(to_fp16(65'519), 0x7bff);
  EXPECT_EQ(to_fp16(65'520), 0x7c00);
  EXPECT_EQ(to_fp16(std::ldexp(1.0F, -24)), 1);
  EXPECT_EQ(to_fp16(std::ldexp(1.0F, -26)), 0);
  EXPECT_EQ(to_bf16(1), 0x3f80);
  EXPECT_EQ(to_bf16(-2), 0xc000);
}

INSTANTIATE_TEST_SUITE_P(All, HalfNumbers, ::testing::Values(half_format::bf16, half_format::fp16),
                         [](const auto& each) { return each.param == half_format::bf16 ? "bf16" : "fp16"; });

}  // namespace
}  // namespace dunlin
