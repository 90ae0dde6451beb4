// SPDX-License-Identifier: Apache-2.0
// One view of every backend, so that one suite holds for all of them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gpu/cpu/pinning.hpp"
#include "gpu/kernels/scalar_backend.hpp"
#include "gpu/kernels/simd_backend.hpp"
#include "tests/gpu/kernels/reference.hpp"

namespace dunlin::testing {
/// A backend and what it needs.
struct backend_rig {
  explicit backend_rig(bool simd) : team(two_members()) {
    if (simd)
      backend = std::make_unique<simd_backend>(team);
    else
      backend = std::make_unique<scalar_backend>();
  }
  /// Also on a machine with one core.
  static std::vector<std::uint32_t> two_members() {
    const auto cores = allowed_cores();
    return {cores.front(), cores.back()};
  }
  core_team team;
  std::unique_ptr<kernel_backend> backend;
};

/// The parameter: `scalar`, or the SIMD kernels of one instruction set.
class KernelConformance : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(GetParam() == "scalar" || limit_simd(GetParam())); }
  void TearDown() override { limit_simd({}); }

  std::vector<float> draw(std::uint64_t count, float from = -1, float to = 1) {
    std::vector<float> out(count);
    std::uniform_real_distribution<float> uniform{from, to};
    for (auto& one : out) one = uniform(random_);
    return out;
  }
  std::vector<std::uint32_t> draw_labels(std::uint64_t count, std::uint32_t below) {
    std::vector<std::uint32_t> out(count);
    for (auto& one : out) one = static_cast<std::uint32_t>(random_() % below);
    return out;
  }
  template <class Call>
  void run(const Call& call) {
    const auto done = rig_.backend->run(call);
    ASSERT_TRUE(done) << to_string(done.error());
  }
  /// Every number within `tolerance` of the largest.
  static void expect_near(const std::vector<float>& is, const std::vector<double>& should, double tolerance = 1e-5) {
    ASSERT_EQ(is.size(), should.size());
    double largest = 1;
    for (const auto one : should) largest = std::max(largest, std::abs(one));
    for (std::size_t i = 0; i < is.size(); ++i) ASSERT_NEAR(is[i], should[i], tolerance * largest) << "at " << i;
  }

  static constexpr std::uint64_t counts[] = {1, 3, 15, 16, 17, 63, 130, 1'000, 40'001};

 private:
  std::mt19937 random_{7};
  backend_rig rig_{GetParam() != "scalar"};
};

}  // namespace dunlin::testing
