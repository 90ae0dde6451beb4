// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "coordination/tasks/task_spec.hpp"

namespace dunlin {

/// What many tasks take together, or what a node has.
struct resource_sum {
  std::uint64_t cpu_milli = 0;
  std::uint64_t host_bytes = 0;
  std::uint64_t gpu_milli = 0;
  std::uint64_t gpu_bytes = 0;

  void add(const resources& one) noexcept {
    cpu_milli += one.cpu_milli;
    host_bytes += one.host_bytes;
    gpu_milli += one.gpu_milli;
    gpu_bytes += one.gpu_bytes;
  }
  /// Takes away what was added.
  void remove(const resources& one) noexcept {
    cpu_milli -= one.cpu_milli;
    host_bytes -= one.host_bytes;
    gpu_milli -= one.gpu_milli;
    gpu_bytes -= one.gpu_bytes;
  }
  friend bool operator==(const resource_sum&, const resource_sum&) = default;
};

/// Returns whether `wish` fits beside `used` into `all`. Of what is not asked for there may be too little.
inline bool fits_beside(const resources& wish, const resource_sum& used, const resource_sum& all) noexcept {
  const auto fits = [](std::uint64_t wanted, std::uint64_t taken, std::uint64_t there) {
    return wanted == 0 || (taken <= there && wanted <= there - taken);
  };
  return fits(wish.cpu_milli, used.cpu_milli, all.cpu_milli) &&
         fits(wish.host_bytes, used.host_bytes, all.host_bytes) &&
         fits(wish.gpu_milli, used.gpu_milli, all.gpu_milli) && fits(wish.gpu_bytes, used.gpu_bytes, all.gpu_bytes);
}

}  // namespace dunlin
