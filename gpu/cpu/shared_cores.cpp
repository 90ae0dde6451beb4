// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/shared_cores.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace dunlin {

namespace {

constexpr std::size_t boot_characters = 8;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "host";
}

/// Source: proc(5), /proc/sys/kernel/random/boot_id.
std::string boot_mark() {
  std::ifstream file{"/proc/sys/kernel/random/boot_id"};
  std::string out;
  file >> out;
  return out.substr(0, boot_characters);
}

}  // namespace

std::string core_ranges(const std::vector<std::uint32_t>& cores) {
  std::string out;
  for (std::size_t first = 0; first < cores.size();) {
    auto last = first;
    while (last + 1 < cores.size() && cores[last + 1] == cores[last] + 1) ++last;
    out += (out.empty() ? "" : ",") + std::to_string(cores[first]);
    if (last > first) out += "-" + std::to_string(cores[last]);
    first = last + 1;
  }
  return out;
}

std::string shared_cores_name(const std::vector<std::uint32_t>& cores, std::uint32_t workers,
                              std::uint64_t memory_bytes) {
  return "cpu@" + host_name() + "-" + boot_mark() + ":" + core_ranges(cores) + "/" + std::to_string(workers) + "/" +
         std::to_string(memory_bytes >> 20U) + "MiB";
}

/// Short, so that a name has room beside it. Source: FNV-1a, 32 bits, Fowler, Noll and Vo.
std::string partner_mark(const std::string& cluster) {
  std::uint32_t hash = 0x811c9dc5U;
  for (const char one : cluster) hash = (hash ^ static_cast<std::uint8_t>(one)) * 0x01000193U;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), " #%08x", hash);
  return text.data();
}

}  // namespace dunlin
