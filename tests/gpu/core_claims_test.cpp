// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/core_claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu/cpu/cpu_device.hpp"
#include "gpu/cpu/pinning.hpp"
#include "tests/gpu/run_directory.hpp"

namespace dunlin {
namespace {

using ::dunlin::testing::run_directory;

std::shared_ptr<cpu_device> device_of(const run_directory& dir, const char* owner, std::uint32_t cores = 0) {
  cpu_device_options options;
  options.run_directory = dir.path();
  options.owner = owner;
  options.cores = cores;
  return cpu_device::make(std::move(options)).value();
}

TEST(CpuDevice, IsHardWhileItsCoresAreItsOwn) {
  run_directory dir;
  const auto device = device_of(dir, "a", 1);

  EXPECT_EQ(device->properties().enforcement, "hard");
  EXPECT_EQ(device->properties().compute_units, 1U);
}

TEST(CpuDevice, NamesWhoSharesACoreAsLongAsItIsShared) {
  run_directory dir;
  const auto first = device_of(dir, "a");
  auto second = device_of(dir, "b", 1);
  const auto core = std::to_string(allowed_cores().front());

  EXPECT_EQ(first->properties().enforcement, "advisory (core " + core + " shared with node b)");
  EXPECT_EQ(second->properties().enforcement, "advisory (core " + core + " shared with node a)");

  second.reset();
  EXPECT_EQ(first->properties().enforcement, "hard");
}

TEST(CpuDevice, SaysThatNothingWasClaimed) {
  const auto device = cpu_device::make({}).value();

  EXPECT_EQ(device->properties().enforcement, "advisory (cores not claimed)");
  EXPECT_EQ(device->properties().compute_units, allowed_cores().size());
}

TEST(CpuDevice, SaysThatItHasMoreWorkersThanCores) {
  run_directory dir;
  cpu_device_options options;
  options.run_directory = dir.path();
  options.cores = 1;
  options.workers = 3;

  const auto device = cpu_device::make(options).value();

  EXPECT_EQ(device->properties().enforcement, "advisory (3 workers on 1 cores)");
}

TEST(CpuDevice, RefusesARunDirectoryThatCannotBe) {
  cpu_device_options options;
  options.run_directory = "/proc/no/such/place";

  EXPECT_EQ(cpu_device::make(options).error().code, errc::io_failed);
}

TEST(CoreClaims, PreferCoresThatNobodyHolds) {
  run_directory dir;
  const auto first = core_claims::claim(dir.path(), "a", {4, 5, 6}, 1).value();
  const auto second = core_claims::claim(dir.path(), "b", {4, 5, 6}, 2).value();
  const auto third = core_claims::claim(dir.path(), "c", {4, 5, 6}, 1).value();

  EXPECT_THAT(first->cores(), ::testing::ElementsAre(4));
  EXPECT_THAT(second->cores(), ::testing::ElementsAre(5, 6));
  EXPECT_EQ(second->sharing(), "");
  EXPECT_EQ(third->sharing(), "core 4 shared with node a");
  EXPECT_EQ(first->sharing(), "core 4 shared with node c");
}

TEST(CoreClaims, EndWithTheirHolder) {
  run_directory dir;
  { const auto gone = core_claims::claim(dir.path(), "a", {4}, 0).value(); }

  EXPECT_EQ(core_claims::claim(dir.path(), "b", {4}, 0).value()->sharing(), "");
}

}  // namespace
}  // namespace dunlin
