// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/processor_use.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace dunlin::flight {

namespace {

double seconds_of(int who) {
  rusage used{};
  ::getrusage(who, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

double busy_seconds(std::string_view proc_stat, long ticks_per_second) {
  std::istringstream in{std::string{proc_stat.substr(0, proc_stat.find('\n'))}};
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, soft_interrupts = 0, stolen = 0;
  in >> name >> user >> nice >> system >> idle >> waiting >> interrupts >> soft_interrupts >> stolen;
  if (!in || name != "cpu" || ticks_per_second <= 0) return 0;
  return (user + nice + system + interrupts + soft_interrupts + stolen) / static_cast<double>(ticks_per_second);
}

processor_use read_processor_use() {
  std::ifstream in{"/proc/stat"};
  std::string first;
  std::getline(in, first);
  return {busy_seconds(first, ::sysconf(_SC_CLK_TCK)), seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN)};
}

double others_share(const processor_use& before, const processor_use& after, double seconds) {
  if (seconds <= 0) return 0;
  const double all = after.machine_seconds - before.machine_seconds;
  const double own = after.own_seconds - before.own_seconds;
  return std::max(0.0, (all - own) / seconds);
}

}  // namespace dunlin::flight
