// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/shared_cores.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu/cpu/core_claims.hpp"
#include "gpu/cpu/cpu_device.hpp"
#include "gpu/cpu/pinning.hpp"
#include "tests/gpu/run_directory.hpp"

namespace dunlin {
namespace {

using ::dunlin::testing::run_directory;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::shared_ptr<cpu_device> device_of(const run_directory& dir, const std::string& owner, const std::string& cluster) {
  cpu_device_options options;
  options.run_directory = dir.path();
  options.owner = owner;
  options.cluster = cluster;
  options.memory_bytes = 8 << 20;
  return cpu_device::make(std::move(options)).value();
}

TEST(SharedCores, AreNamedAlikeByAllThatShareThem) {
  run_directory dir;
  const auto one = device_of(dir, "a", "swarm")->properties();
  const auto other = device_of(dir, "b", "swarm")->properties();

  EXPECT_THAT(one.shared_as, StartsWith("cpu@"));
  EXPECT_EQ(one.shared_as, other.shared_as);
  EXPECT_EQ(one.compute_units, allowed_cores().size());
}

/// A claim takes the least shared cores first where it may choose.
TEST(SharedCores, AreInOneOrderWhoeverElseHasSomeOfThem) {
  if (allowed_cores().size() < 2) GTEST_SKIP() << "the machine has one core";
  run_directory dir;
  const auto first = core_claims::claim(dir.path(), "stranger", allowed_cores(), 1).value();
  const auto all = core_claims::claim_all(dir.path(), "a", allowed_cores()).value();

  EXPECT_EQ(all->cores(), allowed_cores());
  EXPECT_EQ(device_of(dir, "b", "swarm")->properties().shared_as,
            shared_cores_name(allowed_cores(), static_cast<std::uint32_t>(allowed_cores().size()), 8 << 20));
}

TEST(SharedCores, ADeviceOfOnesOwnHasNoSuchName) {
  run_directory dir;
  EXPECT_EQ(device_of(dir, "a", "")->properties().shared_as, "");
}

TEST(SharedCores, PartnersTakeTurnsAndOthersShare) {
  run_directory dir;
  const auto one = device_of(dir, "a", "swarm");
  const auto partner = device_of(dir, std::string(64, 'b'), "swarm");
  EXPECT_EQ(one->properties().enforcement, "cooperative (nodes of this host take turns)");
  EXPECT_EQ(partner->properties().enforcement, "cooperative (nodes of this host take turns)") << "its name is long";

  const auto stranger = device_of(dir, "c", "another");
  EXPECT_THAT(one->properties().enforcement, HasSubstr("shared with node c"));
  EXPECT_THAT(stranger->properties().enforcement, StartsWith("advisory"));
}

/// They have another device, of which nobody decides for both.
TEST(SharedCores, NodesWithOtherWorkersAreNoPartners) {
  run_directory dir;
  const auto one = device_of(dir, "a", "swarm");
  cpu_device_options options;
  options.run_directory = dir.path();
  options.owner = "b";
  options.cluster = "swarm";
  options.workers = 64;
  const auto other = cpu_device::make(std::move(options)).value();

  EXPECT_NE(one->properties().shared_as, other->properties().shared_as);
  EXPECT_THAT(one->properties().enforcement, HasSubstr("shared with node b"));
}

TEST(SharedCores, ThoseWhoClaimFewerHaveAnotherDevice) {
  EXPECT_NE(shared_cores_name({0, 1}, 2, 1 << 20), shared_cores_name({0}, 1, 1 << 20));
  EXPECT_NE(shared_cores_name({0, 1}, 2, 1 << 20), shared_cores_name({0, 1}, 2, 2 << 20));
}

TEST(SharedCores, AreWrittenAsRanges) {
  EXPECT_EQ(core_ranges({0, 1, 2, 3, 6, 8, 9}), "0-3,6,8-9");
  EXPECT_EQ(core_ranges({5}), "5");
  EXPECT_EQ(core_ranges({}), "");
}

}  // namespace
}  // namespace dunlin
