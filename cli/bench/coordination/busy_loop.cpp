// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/busy_loop.hpp"

#include <algorithm>
#include <ctime>
#include <limits>

namespace dunlin::bench {

void burn(std::uint64_t iterations) noexcept {
  std::uint64_t x = iterations | 1;
  for (; iterations > 0; --iterations) {
    x ^= x << 13U;
    x ^= x >> 7U;
    x ^= x << 17U;
    asm volatile("" : "+r"(x));  // or the compiler leaves it out
  }
}

std::int64_t thread_cpu_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

std::uint64_t iterations_in(duration time) {
  constexpr std::uint64_t tried = 1'000'000;
  auto fastest = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < 8; ++i) {
    const auto from = thread_cpu_ns();
    burn(tried);
    fastest = std::min(fastest, thread_cpu_ns() - from);
  }
  return static_cast<std::uint64_t>(time.count()) * tried /
         static_cast<std::uint64_t>(std::max(fastest, std::int64_t{1}));
}

}  // namespace dunlin::bench
