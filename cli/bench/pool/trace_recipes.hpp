// SPDX-License-Identifier: Apache-2.0
// Allocation traces that a pool is measured on, made from a recipe and a seed: the same on every machine.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gpu/memory/allocation_trace.hpp"

namespace dunlin::bench {

struct trace_recipe {
  std::string_view name;
  std::string_view summary;
  std::uint64_t seed;
  std::vector<allocation_event> (*make)(std::uint64_t seed);
};

[[nodiscard]] std::span<const trace_recipe> all_trace_recipes() noexcept;

}  // namespace dunlin::bench
