// SPDX-License-Identifier: Apache-2.0
// Numbers as a reader likes them.
#pragma once

#include <cstdint>
#include <string>

#include "coordination/types.hpp"

namespace dunlin::cli {

/// Returns `512 B`, `3.5 MiB`, … with at most one decimal.
[[nodiscard]] std::string bytes_in_words(std::uint64_t count);

/// Returns `840 us`, `1.5 ms`, `2.3 s`, `4 min 10 s`.
[[nodiscard]] std::string duration_in_words(std::uint64_t ns);

/// Returns `2026-01-31 12:00:00Z`; `-` for 0.
[[nodiscard]] std::string time_in_words(wall_ms at);

/// Returns `2026-01-31 12:00:00.125Z`; `-` for 0.
[[nodiscard]] std::string moment_in_words(wall_ms at);

/// Returns the number with `decimals` places.
[[nodiscard]] std::string fixed(double value, int decimals);

}  // namespace dunlin::cli
