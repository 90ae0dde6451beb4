// SPDX-License-Identifier: Apache-2.0
#include "topology/memory_placement.hpp"

#include <hwloc.h>

#include <cerrno>
#include <memory>
#include <string>
#include <system_error>

namespace dunlin {

namespace {

struct topology_closer {
  void operator()(hwloc_topology_t topology) const noexcept { hwloc_topology_destroy(topology); }
};
struct bitmap_closer {
  void operator()(hwloc_bitmap_t set) const noexcept { hwloc_bitmap_free(set); }
};
using topology_handle = std::unique_ptr<hwloc_topology, topology_closer>;
using bitmap_handle = std::unique_ptr<hwloc_bitmap_s, bitmap_closer>;

result<topology_handle> open_machine() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return fail(errc::io_failed, "hwloc does not start");
  topology_handle topology{raw};
  if (hwloc_topology_load(raw) != 0) return fail(errc::io_failed, "hwloc cannot read this machine");
  return topology;
}

result<void> answer_of(int status, const char* what) {
  if (status == 0) return {};
  const auto why = std::generic_category().message(errno);
  return fail(errno == ENOSYS || errno == EXDEV ? errc::not_supported : errc::io_failed,
              std::string{"the system does not "} + what + ": " + why);
}

}  // namespace

result<void> place_near(const std::vector<std::uint32_t>& cores, void* place, std::size_t bytes) {
  if (cores.empty())
    return fail(errc::invalid_argument, "memory is placed near cores, and none was named", {}, "cores");
  const auto machine = open_machine();
  if (!machine) return fail(error{machine.error()});
  const bitmap_handle near{hwloc_bitmap_alloc()};
  for (const auto core : cores) hwloc_bitmap_set(near.get(), core);
  // Not strict: a node that is full gives what another one has.
  return answer_of(hwloc_set_area_membind(machine->get(), place, bytes, near.get(), HWLOC_MEMBIND_BIND, 0),
                   "place memory");
}

result<std::vector<std::uint32_t>> placement_of(const void* place, std::size_t bytes) {
  const auto machine = open_machine();
  if (!machine) return fail(error{machine.error()});
  const bitmap_handle nodes{hwloc_bitmap_alloc()};
  hwloc_membind_policy_t policy{};
  const auto status =
      hwloc_get_area_membind(machine->get(), place, bytes, nodes.get(), &policy, HWLOC_MEMBIND_BYNODESET);
  if (auto told = answer_of(status, "tell where memory is"); !told) return fail(std::move(told.error()));
  std::vector<std::uint32_t> out;
  for (int node = hwloc_bitmap_first(nodes.get()); node >= 0; node = hwloc_bitmap_next(nodes.get(), node))
    out.push_back(static_cast<std::uint32_t>(node));
  return out;
}

}  // namespace dunlin
