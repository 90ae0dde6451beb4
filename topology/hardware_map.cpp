// SPDX-License-Identifier: Apache-2.0
#include "topology/hardware_map.hpp"

#include <hwloc.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace dunlin {

namespace {

struct topology_closer {
  void operator()(hwloc_topology_t topology) const noexcept { hwloc_topology_destroy(topology); }
};
using topology_handle = std::unique_ptr<hwloc_topology, topology_closer>;

result<topology_handle> open_topology(const char* description) {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return fail(errc::io_failed, "hwloc does not start");
  topology_handle topology{raw};
  if (description != nullptr && hwloc_topology_set_synthetic(raw, description) != 0)
    return fail(errc::invalid_argument, "'" + std::string{description} + "' describes no machine");
  if (hwloc_topology_load(raw) != 0) return fail(errc::io_failed, "hwloc cannot read this machine");
  return topology;
}

std::vector<std::uint32_t> units_of(hwloc_const_bitmap_t set) {
  std::vector<std::uint32_t> out;
  for (int id = hwloc_bitmap_first(set); id >= 0; id = hwloc_bitmap_next(set, id))
    out.push_back(static_cast<std::uint32_t>(id));
  return out;
}

struct bitmap_closer {
  void operator()(hwloc_bitmap_t set) const noexcept { hwloc_bitmap_free(set); }
};

// hwloc leaves out what the cpuset forbids; an affinity mask, as taskset sets one, binds just as much.
void keep_affinity(hwloc_topology_t topology) {
  const std::unique_ptr<hwloc_bitmap_s, bitmap_closer> mask{hwloc_bitmap_alloc()};
  if (hwloc_get_cpubind(topology, mask.get(), HWLOC_CPUBIND_THREAD) == 0)
    hwloc_topology_restrict(topology, mask.get(), 0);
}

std::size_t count_present(hwloc_topology_t topology) {
  return units_of(hwloc_topology_get_complete_cpuset(topology)).size();
}

std::uint32_t count(hwloc_topology_t topology, hwloc_obj_type_t type) {
  return static_cast<std::uint32_t>(std::max(hwloc_get_nbobjs_by_type(topology, type), 0));
}

void read_numa_nodes(hwloc_topology_t topology, hardware_map& map) {
  for (hwloc_obj_t node = nullptr; (node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr;)
    map.numa_nodes.push_back({node->os_index, node->attr->numanode.local_memory});
}

// The NUMA node whose processors include the core's; the first one where several do.
std::uint32_t numa_node_of(hwloc_topology_t topology, hwloc_obj_t core) {
  const auto nodes = count(topology, HWLOC_OBJ_NUMANODE);
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const auto* node = hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, i);
    if (hwloc_bitmap_isincluded(core->cpuset, node->cpuset) != 0) return i;
  }
  return 0;
}

void add_core(hwloc_topology_t topology, hwloc_obj_t object, hardware_map& map) {
  processor_core core;
  core.units = units_of(object->cpuset);
  core.numa_node = numa_node_of(topology, object);
  if (const auto* package = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, object))
    core.package = package->logical_index;
  const auto index = static_cast<std::uint32_t>(map.cores.size());
  for (const auto id : core.units) map.units.push_back({id, index});
  map.cores.push_back(std::move(core));
}

// Virtual machines and containers may hide the cores; then each hardware thread counts as one.
void read_cores(hwloc_topology_t topology, hardware_map& map) {
  const auto type = count(topology, HWLOC_OBJ_CORE) > 0 ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
  for (hwloc_obj_t core = nullptr; (core = hwloc_get_next_obj_by_type(topology, type, core)) != nullptr;)
    add_core(topology, core, map);
  std::sort(map.units.begin(), map.units.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

void read_caches(hwloc_topology_t topology, hardware_map& map) {
  for (const auto type : {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L4CACHE})
    for (hwloc_obj_t cache = nullptr; (cache = hwloc_get_next_obj_by_type(topology, type, cache)) != nullptr;)
      map.caches.push_back({cache->attr->cache.depth, cache->attr->cache.size, units_of(cache->cpuset)});
}

result<hardware_map> read(const char* description) {
  const auto topology = open_topology(description);
  if (!topology) return fail(topology.error());
  auto* const raw = topology->get();
  hardware_map map;
  const auto present = count_present(raw);
  if (description == nullptr) keep_affinity(raw);
  map.packages = std::max(count(raw, HWLOC_OBJ_PACKAGE), 1U);
  read_numa_nodes(raw, map);
  read_cores(raw, map);
  read_caches(raw, map);
  map.memory_bytes = hwloc_get_root_obj(raw)->total_memory;
  map.restricted = map.units.size() < present;
  return map;
}

/// What the kernel says where hwloc knows nothing: in a container without /sys.
std::uint64_t physical_memory() {
  const auto pages = sysconf(_SC_PHYS_PAGES);
  const auto page_bytes = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page_bytes <= 0) return 0;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
}

bool has(const std::vector<std::uint32_t>& units, std::uint32_t unit) {
  return std::find(units.begin(), units.end(), unit) != units.end();
}

const processor_core* core_of(const hardware_map& map, std::uint32_t unit) {
  const auto found = std::find_if(map.units.begin(), map.units.end(), [&](const auto& u) { return u.id == unit; });
  return found == map.units.end() ? nullptr : &map.cores[found->core];
}

}  // namespace

result<hardware_map> read_hardware_map() {
  auto map = read(nullptr);
  if (map && map->memory_bytes == 0) map->memory_bytes = physical_memory();
  return map;
}

result<hardware_map> make_hardware_map(const std::string& description) { return read(description.c_str()); }

result<unit_distance> distance(const hardware_map& map, std::uint32_t unit, std::uint32_t other) {
  const auto* here = core_of(map, unit);
  const auto* there = core_of(map, other);
  if (here == nullptr || there == nullptr)
    return fail(errc::not_found,
                "no processor " + std::to_string(here == nullptr ? unit : other) + " for this process");
  if (unit == other) return unit_distance::same_unit;
  if (here == there) return unit_distance::same_core;
  for (const auto& cache : map.caches)
    if (has(cache.units, unit) && has(cache.units, other)) return unit_distance::same_cache;
  if (here->package != there->package) return unit_distance::machine;
  return here->numa_node == there->numa_node ? unit_distance::same_numa_node : unit_distance::same_package;
}

}  // namespace dunlin
