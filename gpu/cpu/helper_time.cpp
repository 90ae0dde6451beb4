// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/helper_time.hpp"

#include <ctime>

namespace dunlin {

namespace {

thread_local std::uint64_t helpers_ns = 0;

}  // namespace

void charge_helpers(std::uint64_t busy_ns) noexcept { helpers_ns += busy_ns; }

std::uint64_t thread_busy_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_nsec) + helpers_ns;
}

}  // namespace dunlin
