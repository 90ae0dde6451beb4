// SPDX-License-Identifier: Apache-2.0
// Which instruction set the kernels take, told by the code that was compiled for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "gpu/kernels/simd_backend.hpp"

namespace dunlin {
namespace {

bool processor_has(const std::string& flag) {
  std::ifstream in{"/proc/cpuinfo"};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return text.find(" " + flag + " ") != std::string::npos;
}

bool is_target(const std::string& name) { return std::ranges::count(simd_targets(), name) > 0; }

TEST(SimdTargets, AreThoseOfTheProcessor) {
  EXPECT_EQ(is_target("SSE4"), processor_has("sse4_2"));
  EXPECT_EQ(is_target("AVX2"), processor_has("avx2") && processor_has("fma") && processor_has("bmi2"));
  EXPECT_EQ(is_target("AVX3"), processor_has("avx512f") && processor_has("avx512bw") && processor_has("avx512dq"));
}

TEST(SimdTargets, TheBestIsTaken) {
  core_team alone{{}};

  EXPECT_EQ(simd_backend{alone}.name(), "simd " + simd_targets().front());
}

TEST(SimdTargets, EachCanBeTaken) {
  core_team alone{{}};
  for (const auto& target : simd_targets()) {
    ASSERT_TRUE(limit_simd(target));
    EXPECT_EQ(simd_backend{alone}.name(), "simd " + target);
  }
  limit_simd({});
  EXPECT_EQ(simd_backend{alone}.name(), "simd " + simd_targets().front());
}

TEST(SimdTargets, AnUnknownOneIsRefused) { EXPECT_FALSE(limit_simd("AVX9")); }

}  // namespace
}  // namespace dunlin
