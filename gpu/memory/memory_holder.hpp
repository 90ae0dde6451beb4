// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordination/export.hpp"

namespace dunlin {

/// Who has how much of a memory.
struct memory_holder {
  std::string name;
  std::uint64_t bytes = 0;

  friend bool operator==(const memory_holder&, const memory_holder&) = default;
};

/// Returns them with who has most first.
DUNLIN_EXPORT std::vector<memory_holder> by_bytes(std::vector<memory_holder> holders);

/// Returns what an error appends: `: agent 3 has 600, agent 4 has 300, 2 others`; empty if there are none.
DUNLIN_EXPORT std::string named(const std::vector<memory_holder>& holders);

}  // namespace dunlin
