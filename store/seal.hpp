// SPDX-License-Identifier: Apache-2.0
// Checksums of stored bytes: a bit that flips on the disk is an error and never another task. SQLite checks the
// structure of its pages, not what is in them.
#pragma once

#include <cstdint>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// Returns the CRC-32 of `raw`, begun from the task's id: bytes that turn up under another id do not match either.
[[nodiscard]] std::uint32_t sum_of(const task_id& id, bytes_view raw) noexcept;

/// Appends four bytes, most significant first.
void append_sum(bytes& out, std::uint32_t sum);

/// Takes the last four bytes off `raw`. Errors: corrupt (fewer than four).
result<std::uint32_t> cut_sum(bytes_view& raw);

/// Appends the sum of everything in `out`.
void seal(bytes& out, const task_id& id);

/// As above, and the sum covers `beside`, a number in a column of its own.
void seal(bytes& out, const task_id& id, wall_ms beside);

/// Returns what was sealed. Errors: corrupt.
result<bytes_view> open_seal(const task_id& id, bytes_view raw);

/// As above. What an earlier version sealed without the number opens too. Errors: corrupt.
result<bytes_view> open_seal(const task_id& id, bytes_view raw, wall_ms beside);

}  // namespace dunlin
