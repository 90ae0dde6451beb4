// SPDX-License-Identifier: Apache-2.0
// One view of every backend, so that one suite holds for all of them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <memory_resource>
#include <random>
#include <string>
#include <vector>

#include "gpu/kernels/kernel_backend.hpp"
#include "tests/gpu/kernels/reference.hpp"

namespace dunlin::testing {

/// In memory that the backend under test reaches.
using floats = std::pmr::vector<float>;
using indices = std::pmr::vector<std::uint32_t>;

/// A backend and what it needs.
class backend_rig {
 public:
  virtual ~backend_rig() = default;
  virtual kernel_backend& backend() = 0;
  /// Waits until what it was told is done.
  virtual result<void> finish() { return {}; }
  virtual std::pmr::memory_resource& memory() { return *std::pmr::new_delete_resource(); }
};

/// The backends of this test program, by name, and one of them; null if it cannot be had.
std::vector<std::string> every_backend();
std::unique_ptr<backend_rig> make_rig(const std::string& name);
/// Why `make_rig` gives none on this machine; empty if it has to.
std::string why_no_rig();

/// The parameter is a backend's name.
class KernelConformance : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    rig_ = make_rig(GetParam());
    if (rig_ == nullptr && !why_no_rig().empty()) GTEST_SKIP() << why_no_rig();
    ASSERT_NE(rig_, nullptr);
    std::pmr::set_default_resource(&rig_->memory());
  }
  void TearDown() override { std::pmr::set_default_resource(nullptr); }

  floats draw(std::uint64_t count, float from = -1, float to = 1) {
    floats out(count);
    std::uniform_real_distribution<float> uniform{from, to};
    for (auto& one : out) one = uniform(random_);
    return out;
  }
  indices draw_labels(std::uint64_t count, std::uint32_t below) {
    indices out(count);
    for (auto& one : out) one = static_cast<std::uint32_t>(random_() % below);
    return out;
  }
  template <class Call>
  void run(const Call& call) {
    const auto put = rig_->backend().run(call);
    ASSERT_TRUE(put) << to_string(put.error());
    const auto done = rig_->finish();
    ASSERT_TRUE(done) << to_string(done.error());
  }
  /// Every number within `tolerance` of the largest.
  static void expect_near(const floats& is, const std::vector<double>& should, double tolerance = 1e-5) {
    ASSERT_EQ(is.size(), should.size());
    double largest = 1;
    for (const auto one : should) largest = std::max(largest, std::abs(one));
    for (std::size_t i = 0; i < is.size(); ++i) ASSERT_NEAR(is[i], should[i], tolerance * largest) << "at " << i;
  }

  static constexpr std::uint64_t counts[] = {1, 3, 15, 16, 17, 63, 130, 1'000, 40'001};

 private:
  std::mt19937 random_{7};
  std::unique_ptr<backend_rig> rig_;
};

}  // namespace dunlin::testing
