// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/host_facts.hpp"

#include "actors/swarm/state_dir.hpp"
#include "gpu/cpu/core_claims.hpp"
#include "gpu/cuda_loader.hpp"
#include "gpu/device_module.hpp"
#include "topology/container_limits.hpp"
#include "topology/hardware_map.hpp"

namespace dunlin {

result<host_facts> read_host_facts() {
  const auto map = read_hardware_map();
  if (!map) return fail(map.error());
  const auto limits = read_container_limits();
  return host_facts{static_cast<std::uint32_t>(map->units.size()), map->memory_bytes, map->restricted, limits.cpu_milli,
                    limits.memory_bytes};
}

std::string no_gpu_reason() {
  const auto loaded = load_device_module(cuda_module_path(), {.first = device_id{1}});
  return loaded ? std::string{} : loaded.error().context;
}

result<std::string> cores_in_use(const std::string& run_dir) {
  const auto map = read_hardware_map();
  if (!map) return fail(map.error());
  std::vector<std::uint32_t> cores;
  for (const auto& unit : map->units) cores.push_back(unit.id);
  // The claim ends with this call; until then others see it as one more that shares.
  auto claims = core_claims::claim((run_dir.empty() ? default_run_dir() : run_dir) + "/cores", "doctor", cores, 0);
  if (!claims) return fail(claims.error());
  return (*claims)->sharing();
}

}  // namespace dunlin
