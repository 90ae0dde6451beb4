// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// One hardware thread. Ids are the operating system's.
struct processing_unit {
  std::uint32_t id = 0;
  std::uint32_t core = 0;  ///< index into `hardware_map::cores`
};

/// One physical core and where it sits.
struct processor_core {
  std::uint32_t package = 0;         ///< counted from 0
  std::uint32_t numa_node = 0;       ///< index into `hardware_map::numa_nodes`
  std::vector<std::uint32_t> units;  ///< ids of its hardware threads, rising
};

struct numa_node {
  std::uint32_t id = 0;
  std::uint64_t memory_bytes = 0;  ///< 0 = the system does not say
};

/// A cache and the hardware threads that share it.
struct processor_cache {
  std::uint32_t level = 0;
  std::uint64_t size_bytes = 0;
  std::vector<std::uint32_t> units;
};

/// What this process may use of its machine: its cpuset and affinity mask are respected.
struct hardware_map {
  std::uint32_t packages = 0;
  std::vector<numa_node> numa_nodes;
  std::vector<processor_core> cores;
  std::vector<processing_unit> units;
  std::vector<processor_cache> caches;  ///< data and unified caches, nearest level first
  std::uint64_t memory_bytes = 0;       ///< of the machine; 0 = the system does not say
  bool restricted = false;              ///< the machine has processors that this process may not use
};

/// How far two hardware threads are from each other, nearest first.
enum class unit_distance : std::uint8_t { same_unit, same_core, same_cache, same_numa_node, same_package, machine };

/// Reads the machine, as far as the calling thread may use it. Errors: io_failed.
DUNLIN_EXPORT result<hardware_map> read_hardware_map();

/// Builds a map from a description such as `package:2 core:4 pu:2`, for tests and for planning.
/// Errors: invalid_argument. Source: hwloc manual, "Synthetic topologies".
DUNLIN_EXPORT result<hardware_map> make_hardware_map(const std::string& description);

/// Errors: not_found (no such unit in the map).
DUNLIN_EXPORT result<unit_distance> distance(const hardware_map& map, std::uint32_t unit, std::uint32_t other);

}  // namespace dunlin
