// SPDX-License-Identifier: Apache-2.0
#include "topology/hardware_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "topology/container_limits.hpp"

namespace dunlin {
namespace {

using ::testing::ElementsAre;

TEST(HardwareMap, CountsWhatADescriptionNames) {
  const auto map = make_hardware_map("package:2 numa:1 l3:1 core:4 pu:2").value();

  EXPECT_EQ(map.packages, 2U);
  EXPECT_EQ(map.numa_nodes.size(), 2U);
  EXPECT_EQ(map.cores.size(), 8U);
  EXPECT_EQ(map.units.size(), 16U);
  EXPECT_EQ(map.caches.size(), 2U);
  EXPECT_THAT(map.cores[5].units, ElementsAre(10, 11));
  EXPECT_EQ(map.cores[5].package, 1U);
  EXPECT_EQ(map.cores[5].numa_node, 1U);
  EXPECT_FALSE(map.restricted);
}

TEST(HardwareMap, MeasuresDistanceFromTheCoreOutwards) {
  const auto map = make_hardware_map("package:2 numa:2 l2:2 core:2 pu:2").value();

  EXPECT_EQ(*distance(map, 0, 0), unit_distance::same_unit);
  EXPECT_EQ(*distance(map, 0, 1), unit_distance::same_core);
  EXPECT_EQ(*distance(map, 0, 2), unit_distance::same_cache);
  EXPECT_EQ(*distance(map, 0, 4), unit_distance::same_numa_node);
  EXPECT_EQ(*distance(map, 0, 8), unit_distance::same_package);
  EXPECT_EQ(*distance(map, 0, 16), unit_distance::machine);
  EXPECT_EQ(*distance(map, 16, 0), unit_distance::machine);
  EXPECT_EQ(distance(map, 0, 99).error().code, errc::not_found);
}

TEST(HardwareMap, RefusesADescriptionOfNothing) {
  EXPECT_EQ(make_hardware_map("four cores please").error().code, errc::invalid_argument);
}

cpu_set_t affinity() {
  cpu_set_t mask;
  EXPECT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  return mask;
}

TEST(HardwareMap, HoldsWhatThisThreadMayUse) {
  const auto map = read_hardware_map();
  const auto mask = affinity();

  ASSERT_TRUE(map) << to_string(map.error());
  EXPECT_EQ(map->units.size(), static_cast<std::size_t>(CPU_COUNT(&mask)));
  for (const auto& unit : map->units) EXPECT_TRUE(CPU_ISSET(unit.id, &mask));
  EXPECT_GE(map->packages, 1U);
  EXPECT_GT(map->memory_bytes, 0U);
}

TEST(HardwareMap, ShrinksWithTheAffinityMask) {
  const auto whole = read_hardware_map().value();
  if (whole.units.size() < 2) GTEST_SKIP() << "one processor cannot be restricted further";
  hardware_map part;
  std::jthread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(whole.units.back().id, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    part = read_hardware_map().value();
  }).join();

  ASSERT_EQ(part.units.size(), 1U);
  EXPECT_EQ(part.units[0].id, whole.units.back().id);
  EXPECT_TRUE(part.restricted);
}

TEST(ContainerLimits, ReadsBothForms) {
  EXPECT_EQ(parse_cpu_max("150000 100000\n"), 1500U);
  EXPECT_EQ(parse_cpu_max("max 100000\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("7 0\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_max(""), std::nullopt);
  EXPECT_EQ(parse_memory_max("1073741824\n"), 1073741824U);
  EXPECT_EQ(parse_memory_max("max\n"), std::nullopt);
}

class ContainerLimitsInTree : public ::testing::Test {
 protected:
  ContainerLimitsInTree() {
    std::string pattern = ::testing::TempDir() + "dunlin-cgroup-XXXXXX";
    root = ::mkdtemp(pattern.data());
  }
  ~ContainerLimitsInTree() override { std::filesystem::remove_all(root); }

  void write(const std::string& file, const std::string& text) const {
    const auto path = std::filesystem::path(root) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  [[nodiscard]] container_limits read() const { return read_container_limits(root, root + "/self"); }

  std::string root;
};

TEST_F(ContainerLimitsInTree, TakesTheTightestUpToTheRoot) {
  write("self", "0::/pod/box\n");
  write("pod/cpu.max", "50000 100000\n");
  write("pod/box/cpu.max", "200000 100000\n");
  write("pod/box/memory.max", "max\n");
  write("memory.max", "4096\n");

  EXPECT_EQ(read().cpu_milli, 500U);
  EXPECT_EQ(read().memory_bytes, 4096U);
}

TEST_F(ContainerLimitsInTree, HasNoLimitWhereNothingSaysOne) {
  write("self", "12:cpu:/old/style\n");

  EXPECT_EQ(read().cpu_milli, std::nullopt);
  EXPECT_EQ(read().memory_bytes, std::nullopt);
}

}  // namespace
}  // namespace dunlin
