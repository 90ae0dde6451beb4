// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "coordination/export.hpp"
#include "coordination/result.hpp"
#include "coordination/tasks/task_spec.hpp"

namespace dunlin {

/// Limits of what a user may submit. A refusal names the limit and the value that broke it.
namespace spec_limits {
inline constexpr std::size_t batch_tasks = 1'024;
inline constexpr std::size_t dependencies = 1'024;
inline constexpr std::size_t capabilities = 32;
inline constexpr std::size_t labels = 32;
inline constexpr std::size_t variants = 8;
inline constexpr std::size_t locks = 8;
inline constexpr std::size_t boosts = most_boosts;
inline constexpr std::size_t reservations = most_task_reservations;
inline constexpr milliseconds boost{24LL * 60 * 60 * 1'000};
inline constexpr std::size_t key_bytes = 128;  ///< idempotency key
inline constexpr std::size_t label_value_bytes = 256;
inline constexpr milliseconds timeout{7LL * 24 * 60 * 60 * 1'000};
inline constexpr milliseconds retry_delay{24LL * 60 * 60 * 1'000};
inline constexpr std::uint32_t max_retries = 1'000;
inline constexpr std::uint32_t cpu_milli = 1'000'000;  ///< 1 000 cores
inline constexpr std::uint32_t gpu_milli = 64'000;     ///< 64 devices; above 1 000 only whole ones
inline constexpr std::uint64_t memory_bytes = std::uint64_t{1} << 50;
inline constexpr wall_ms wall = 253'402'300'799'999;  ///< the end of the year 9999
}  // namespace spec_limits

/// Checks every field of `spec` by itself. `path` names the spec in a refusal, such as `tasks[3]`; may be empty.
/// Errors: invalid_argument, missing_field, too_large; each with the field's path, the value and a hint.
DUNLIN_EXPORT result<void> validate(const task_spec& spec, std::string path);

/// Checks a whole batch: its size, each spec, unique names and keys, and the dependencies inside the batch.
/// Errors: those of `validate`; too_large, conflict (a name twice), duplicate_key (a key twice), unknown_dependency,
/// cyclic_dependency (names the tasks on the cycle: `a -> b -> a`).
DUNLIN_EXPORT result<void> validate_batch(std::span<const task_spec> batch);

}  // namespace dunlin
