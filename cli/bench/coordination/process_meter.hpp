// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <ctime>

namespace dunlin::bench {

/// What this process has used so far, all threads together.
struct process_meter {
  std::int64_t cpu_ns = 0;
  std::int64_t sleeps = 0;  ///< voluntary context switches: each ends with a wake-up

  static process_meter read() noexcept {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return {std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec, used.ru_nvcsw};
  }
};

}  // namespace dunlin::bench
