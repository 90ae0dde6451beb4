// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace dunlin::bench {

/// Where and with what a figure was measured. A figure without it means nothing.
struct machine_facts {
  std::string cpu;          ///< model name; empty if the kernel does not say
  std::uint32_t cores = 0;  ///< those this process may run on
  std::uint64_t memory_bytes = 0;
  std::string kernel;
  double load = 0;  ///< one-minute load average before the run
  std::string compiler;
  bool optimised = false;  ///< false: the figures are not worth keeping
  std::string version;     ///< of this program
};

/// Returns the facts of this machine, from /proc and the build.
[[nodiscard]] machine_facts read_machine();

/// Returns the name of the file system that holds `path`, such as `ext4` or `tmpfs`; its magic number in hexadecimal
/// if it is not one of the common ones; empty if `path` does not exist.
[[nodiscard]] std::string file_system_of(const std::string& path);

}  // namespace dunlin::bench
