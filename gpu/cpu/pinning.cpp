// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/pinning.hpp"

#include <pthread.h>
#include <sched.h>

namespace dunlin {

namespace {

cpu_set_t mask_of(const std::vector<std::uint32_t>& cores) noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (const auto core : cores)
    if (core < CPU_SETSIZE) CPU_SET(core, &mask);
  return mask;
}

}  // namespace

std::vector<std::uint32_t> cores_of_this_thread() {
  std::vector<std::uint32_t> cores;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return {0};
  const auto count = static_cast<std::size_t>(CPU_COUNT(&mask));
  cores.reserve(count);
  for (std::uint32_t core = 0; cores.size() < count; ++core)
    if (CPU_ISSET(core, &mask)) cores.push_back(core);
  return cores;
}

// Linux has a mask for each thread; a thread that was not tied has that of its process.
std::vector<std::uint32_t> allowed_cores() { return cores_of_this_thread(); }

bool pin_this_thread(const std::vector<std::uint32_t>& cores) noexcept {
  const auto mask = mask_of(cores);
  return sched_setaffinity(0, sizeof mask, &mask) == 0;
}

bool pin_thread(pid_t thread, const std::vector<std::uint32_t>& cores) noexcept {
  const auto mask = mask_of(cores);
  return sched_setaffinity(thread, sizeof mask, &mask) == 0;
}

bool pin_thread(std::thread& thread, const std::vector<std::uint32_t>& cores) noexcept {
  const auto mask = mask_of(cores);
  return pthread_setaffinity_np(thread.native_handle(), sizeof mask, &mask) == 0;
}

}  // namespace dunlin
