// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "coordination/types.hpp"

namespace dunlin {

/// What this process uses, for heartbeats.
class process_usage {
 public:
  /// Returns the CPU time used since the last call per time that passed, in thousandths of a core; 0 at first.
  std::uint32_t cpu_permille(time_point now);

 private:
  std::uint64_t last_cpu_ns_ = 0;
  time_point last_{};
};

/// Returns the resident memory of this process. Source: proc(5), /proc/self/statm.
std::uint64_t resident_bytes();

}  // namespace dunlin
