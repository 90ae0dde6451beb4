// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "coordination/observe/device_sensor.hpp"

namespace dunlin {

/// What a memory pool has of its device and what became of it. Units: bytes.
struct pool_figures {
  std::uint64_t reserved = 0;   ///< taken from the device
  std::uint64_t asked = 0;      ///< of blocks in use, as they were asked for
  std::uint64_t internal = 0;   ///< what those blocks have beyond
  std::uint64_t cached = 0;     ///< freed blocks that a task keeps for itself
  std::uint64_t external = 0;   ///< free between blocks
  std::uint64_t exhausted = 0;  ///< allocations that were refused since start; no bytes
  static auto fields(auto& m) { return std::tie(m.reserved, m.asked, m.internal, m.cached, m.external, m.exhausted); }
  friend bool operator==(const pool_figures&, const pool_figures&) = default;
};

/// What a device says of itself now.
struct device_figures {
  std::int32_t busy_permille = -1;  ///< of all its units' time since the figures before; -1 = not measured
  std::string why_unmeasured;       ///< in words, where it is not
  std::uint64_t held_bytes = 0;     ///< of its memory, what tasks have set aside
  std::vector<pool_figures> pool;   ///< at most one; none = nobody has asked it for memory yet
  std::vector<device_sensor> sensors = {};
  static auto fields(auto& m) { return std::tie(m.busy_permille, m.why_unmeasured, m.held_bytes, m.pool, m.sensors); }
  friend bool operator==(const device_figures&, const device_figures&) = default;
};

}  // namespace dunlin
