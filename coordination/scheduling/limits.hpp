// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "coordination/result.hpp"

namespace dunlin {

/// How much a node may take on. 0 switches a limit off.
struct admission_limits {
  std::uint32_t max_concurrent_tasks = 32;   ///< running at once
  std::uint64_t max_queue_size = 1'000'000;  ///< waiting
  std::uint32_t max_cpu_percent = 80;
  std::uint32_t max_memory_percent = 80;
  std::uint32_t max_gpu_percent = 80;
};

/// What is in use now. A percentage that cannot be measured is none and limits nothing.
struct usage_snapshot {
  std::uint32_t running = 0;
  std::uint64_t queued = 0;
  std::optional<std::uint32_t> cpu_percent = {};
  std::optional<std::uint32_t> memory_percent = {};
  std::optional<std::uint32_t> gpu_percent = {};
};

/// Accepts `tasks` more into the queue, all or none.
/// Errors: overloaded, with the limit and the figures in words.
[[nodiscard]] DUNLIN_EXPORT result<void> admit_to_queue(const admission_limits& limits, const usage_snapshot& usage,
                                                        std::uint64_t tasks = 1);

/// Returns none if one more task may start, else which limit throttles, in words. CPU and GPU throttle only while a
/// task of ours runs: with none running, waiting would not make them free.
[[nodiscard]] DUNLIN_EXPORT std::optional<std::string> throttle_reason(const admission_limits& limits,
                                                                       const usage_snapshot& usage);

}  // namespace dunlin
