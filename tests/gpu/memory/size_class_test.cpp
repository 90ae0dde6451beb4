// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/size_class.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(SizeClass, HasOneForEachGranuleUpToOneKibibyte) {
  EXPECT_EQ(size_class_of(16), 0U);
  EXPECT_EQ(size_class_of(32), 1U);
  EXPECT_EQ(size_class_of(1'024), 63U);
}

TEST(SizeClass, HasEightForEachDoublingBeyond) {
  EXPECT_EQ(size_class_of(1'040), 64U);
  EXPECT_EQ(size_class_of(1'152), 65U);
  EXPECT_EQ(size_class_of(2'048), 72U);
  EXPECT_EQ(size_class_of(4'096), 80U);
}

TEST(SizeClass, RisesWithTheSize) {
  for (std::uint64_t bytes = 16; bytes < (1ULL << 40); bytes += granules_of(bytes / 24)) {
    ASSERT_LE(size_class_of(bytes), size_class_of(bytes + 16)) << bytes;
    ASSERT_LE(size_class_of(bytes + 16) - size_class_of(bytes), 1U) << bytes;
  }
  EXPECT_LT(size_class_of(~memory_granule + 1), size_class_count);
}

TEST(SizeClass, HasBlocksThatDifferByAnEighthAtMost) {
  std::uint64_t first = 1'024;
  for (std::uint64_t bytes = 1'040; bytes < (1ULL << 22); bytes += 16) {
    if (size_class_of(bytes) != size_class_of(first)) first = bytes;
    ASSERT_LE(bytes - first, first / 8) << bytes;
  }
}

TEST(SizeTier, EndsWhereTheNextBegins) {
  EXPECT_EQ(size_tiers[tier_of(1'024)].name, "tiny");
  EXPECT_EQ(size_tiers[tier_of(1'025)].name, "small");
  EXPECT_EQ(size_tiers[tier_of(1ULL << 20)].name, "small");
  EXPECT_EQ(size_tiers[tier_of(10ULL << 20)].name, "medium");
  EXPECT_EQ(size_tiers[tier_of(100ULL << 20)].name, "large");
  EXPECT_EQ(size_tiers[tier_of((100ULL << 20) + 1)].name, "direct");
}

TEST(Granules, RoundUpAndAreNeverNone) {
  EXPECT_EQ(granules_of(0), 16U);
  EXPECT_EQ(granules_of(16), 16U);
  EXPECT_EQ(granules_of(17), 32U);
}

}  // namespace
}  // namespace dunlin
