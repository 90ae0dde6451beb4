// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/pinning.hpp"

#include <pthread.h>
#include <sched.h>

namespace dunlin {

std::vector<std::uint32_t> allowed_cores() {
  std::vector<std::uint32_t> cores;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return {0};
  for (std::uint32_t core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &mask)) cores.push_back(core);
  return cores;
}

bool pin_thread(std::thread& thread, std::uint32_t core) noexcept {
  if (core >= CPU_SETSIZE) return false;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(core, &mask);
  return pthread_setaffinity_np(thread.native_handle(), sizeof mask, &mask) == 0;
}

}  // namespace dunlin
