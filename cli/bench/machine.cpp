// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/machine.hpp"

#include <sched.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "coordination/version.hpp"

namespace dunlin::bench {

namespace {

/// Returns what follows `key` and a colon in the first such line of `file`.
std::string line_of(const char* file, std::string_view key) {
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(key)) continue;
    const auto from = line.find_first_not_of(" \t", colon + 1);
    return from == std::string::npos ? "" : line.substr(from);
  }
  return {};
}

std::uint32_t usable_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) return static_cast<std::uint32_t>(CPU_COUNT(&mask));
  return static_cast<std::uint32_t>(sysconf(_SC_NPROCESSORS_ONLN));
}

std::string kernel_release() {
  utsname names{};
  return uname(&names) == 0 ? std::string{names.sysname} + " " + names.release : std::string{};
}

double load_average() {
  double one_minute = 0;
  return getloadavg(&one_minute, 1) == 1 ? one_minute : 0;
}

constexpr bool built_optimised() {
#ifdef __OPTIMIZE__
  return true;
#else
  return false;
#endif
}

struct file_system {
  std::uint64_t magic;
  const char* name;
};

/// Source: statfs(2).
constexpr std::array known_file_systems{
    file_system{0xef53, "ext4"},      file_system{0x01021994, "tmpfs"},     file_system{0x58465342, "xfs"},
    file_system{0x9123683e, "btrfs"}, file_system{0x794c7630, "overlayfs"}, file_system{0x6969, "nfs"},
    file_system{0x2fc12fc1, "zfs"},   file_system{0x858458f6, "ramfs"},     file_system{0x01021997, "9p"},
    file_system{0x65735546, "fuse"},
};

}  // namespace

machine_facts read_machine() {
  machine_facts out;
  out.cpu = line_of("/proc/cpuinfo", "model name");
  out.cores = usable_cores();
  out.memory_bytes = std::strtoull(line_of("/proc/meminfo", "MemTotal").c_str(), nullptr, 10) * 1024;
  out.kernel = kernel_release();
  out.load = load_average();
  out.compiler = __VERSION__;
  out.optimised = built_optimised();
  out.version = std::string{version()};
  return out;
}

std::string file_system_of(const std::string& path) {
  struct statfs facts {};
  if (statfs(path.c_str(), &facts) != 0) return {};
  const auto magic = static_cast<std::uint64_t>(facts.f_type) & 0xffff'ffffU;
  for (const auto& known : known_file_systems)
    if (known.magic == magic) return known.name;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(magic));
  return text.data();
}

}  // namespace dunlin::bench
