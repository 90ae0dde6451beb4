// SPDX-License-Identifier: Apache-2.0
#include "actors/node/process_usage.hpp"

#include <unistd.h>

#include <ctime>
#include <fstream>

namespace dunlin {

std::uint32_t process_usage::cpu_permille(time_point now) {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  const auto cpu_ns =
      static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(used.tv_nsec);
  const auto passed = static_cast<std::uint64_t>((now - last_).count());
  const bool first = last_ == time_point{} || now <= last_;
  const auto permille = first ? 0 : (cpu_ns - last_cpu_ns_) * 1'000 / passed;
  last_cpu_ns_ = cpu_ns;
  last_ = now;
  return static_cast<std::uint32_t>(permille);
}

std::uint64_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace dunlin
