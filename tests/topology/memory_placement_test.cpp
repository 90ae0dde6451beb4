// SPDX-License-Identifier: Apache-2.0
#include "topology/memory_placement.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <bit>

#include "topology/hardware_map.hpp"

namespace dunlin {
namespace {

struct pages {
  static constexpr std::size_t bytes = 1 << 20;
  void* place = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ~pages() { munmap(place, bytes); }
};

TEST(MemoryPlacement, MemoryComesFromTheNodesOfItsCores) {
  const auto map = read_hardware_map().value();
  const auto& core = map.cores.front();
  const pages area;

  const auto placed = place_near(core.units, area.place, pages::bytes);
  if (!placed && placed.error().code == errc::not_supported) GTEST_SKIP() << to_string(placed.error());
  ASSERT_TRUE(placed) << to_string(placed.error());

  const auto nodes = placement_of(area.place, pages::bytes);
  ASSERT_TRUE(nodes) << to_string(nodes.error());
  EXPECT_EQ(*nodes, std::vector<std::uint32_t>{map.numa_nodes.at(core.numa_node).id});
  *static_cast<char*>(area.place) = 1;
}

TEST(MemoryPlacement, NearNoCoreIsNowhere) {
  const pages area;

  EXPECT_EQ(place_near({}, area.place, pages::bytes).error().code, errc::invalid_argument);
}

TEST(MemoryPlacement, OfARangeThatThereIsNotIsAnError) {
  EXPECT_FALSE(place_near({0}, std::bit_cast<void*>(std::uintptr_t{1} << 60), 4'096));
}

}  // namespace
}  // namespace dunlin
